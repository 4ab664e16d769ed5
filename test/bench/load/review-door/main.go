// A door before a webhook: passes TCP on and keeps time. For each line on stdin it prints the calls since the last one,
// as JSON: the time of each in microseconds, from a request's first byte to its answer's last, and the connections made.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

const applicationData = 23 // RFC 8446, 5.1

type report struct {
	TimesUs     []int64 `json:"timesUs"`
	Connections int     `json:"connections"`
}

type door struct {
	mu    sync.Mutex
	since report
	open  map[*connection]bool
}

func (d *door) add(times []int64, connections int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.since.TimesUs = append(d.since.TimesUs, times...)
	d.since.Connections += connections
}

func (d *door) enter(c *connection) {
	d.add(nil, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[c] = true
}

func (d *door) leave(c *connection) {
	c.settleNow()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, c)
}

func (d *door) take() report {
	d.mu.Lock()
	open := make([]*connection, 0, len(d.open))
	for c := range d.open {
		open = append(open, c)
	}
	d.mu.Unlock()
	for _, c := range open {
		c.settleNow()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	taken := d.since
	d.since = report{TimesUs: []int64{}}
	return taken
}

// connection knows whose turn it is: HTTP/1.1, one call at a time.
type connection struct {
	door *door
	mu   sync.Mutex
	// Where the caller's next record begins, and how many of its records held data. The first is its Finished.
	header  []byte
	skip    int
	records int
	waiting bool
	asked   time.Time
	told    time.Time
}

// fromCaller looks at TLS records only: what is in them is sealed.
func (c *connection) fromCaller(bytes []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(bytes) > 0 {
		if c.skip > 0 {
			n := min(c.skip, len(bytes))
			c.skip -= n
			bytes = bytes[n:]
			continue
		}
		n := min(5-len(c.header), len(bytes))
		c.header = append(c.header, bytes[:n]...)
		bytes = bytes[n:]
		if len(c.header) < 5 {
			return
		}
		if c.header[0] == applicationData {
			c.records++
			if c.records > 1 {
				c.data()
			}
		}
		c.skip = int(binary.BigEndian.Uint16(c.header[3:]))
		c.header = c.header[:0]
	}
}

func (c *connection) data() {
	c.settle()
	if !c.waiting {
		c.waiting, c.asked = true, time.Now()
	}
}

func (c *connection) fromServer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = time.Now()
}

// settle counts a call that has been answered: what the server said last is its answer.
func (c *connection) settle() {
	if c.waiting && c.told.After(c.asked) {
		c.door.add([]int64{c.told.Sub(c.asked).Microseconds()}, 0)
		c.waiting = false
	}
}

func (c *connection) settleNow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
}

func (d *door) pass(caller net.Conn, target string) {
	defer caller.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer server.Close()
	c := &connection{door: d}
	d.enter(c)
	defer d.leave(c)
	go func() {
		defer caller.Close()
		bytes := make([]byte, 64*1024)
		for {
			n, err := server.Read(bytes)
			if n > 0 {
				c.fromServer()
				if _, err := caller.Write(bytes[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	bytes := make([]byte, 64*1024)
	for {
		n, err := caller.Read(bytes)
		c.fromCaller(bytes[:n])
		if n > 0 {
			if _, err := server.Write(bytes[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "review-door LISTEN TARGET")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	d := &door{open: map[*connection]bool{}}
	d.take()
	go func() {
		for {
			caller, err := listener.Accept()
			if err != nil {
				return
			}
			go d.pass(caller, os.Args[2])
		}
	}()
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		text, _ := json.Marshal(d.take())
		fmt.Println(string(text))
	}
}
