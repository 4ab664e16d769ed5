// Sends AdmissionReviews as an API server does: Go's HTTP client, so many pods in admission at once, so many idle
// connections kept. Prints the time of each call in microseconds, and the whole, as JSON.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func client(ca string, idle int, h2 bool) *http.Client {
	pem, err := os.ReadFile(ca)
	fatal(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	protocols := []string{"http/1.1"}
	if h2 {
		protocols = []string{"h2"}
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:     &tls.Config{RootCAs: roots, NextProtos: protocols},
		ForceAttemptHTTP2:   h2,
		MaxIdleConnsPerHost: idle,
		DisableCompression:  true,
	}}
}

func call(c *http.Client, url string, body []byte) (time.Duration, error) {
	began := time.Now()
	response, err := c.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	answer, err := io.ReadAll(response.Body)
	response.Body.Close()
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	if response.StatusCode != 200 || !bytes.Contains(answer, []byte(`"allowed":true`)) {
		return 0, fmt.Errorf("status %d: %.200s", response.StatusCode, answer)
	}
	return took, nil
}

func main() {
	url := flag.String("url", "", "of the webhook")
	ca := flag.String("ca", "", "file of whom to trust")
	review := flag.String("review", "", "file of the body")
	count := flag.Int("count", 1000, "calls")
	atOnce := flag.Int("at-once", 50, "calls in flight")
	idle := flag.Int("idle", 25, "connections kept while idle")
	warm := flag.Int("warm", 0, "calls before, one at a time")
	h2 := flag.Bool("h2", false, "HTTP/2 in place of HTTP/1.1")
	perSecond := flag.Float64("per-second", 0, "calls begun each second; 0: as fast as they are answered")
	flag.Parse()
	body, err := os.ReadFile(*review)
	fatal(err)
	c := client(*ca, *idle, *h2)
	for n := 0; n < *warm; n++ {
		_, err := call(c, *url, body)
		fatal(err)
	}
	times := make([]int64, *count)
	next := make(chan int, *count)
	var group sync.WaitGroup
	began := time.Now()
	for worker := 0; worker < *atOnce; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := range next {
				due := time.Now()
				if *perSecond > 0 {
					due = began.Add(time.Duration(float64(n) / *perSecond * float64(time.Second)))
					time.Sleep(time.Until(due))
				}
				_, err := call(c, *url, body)
				fatal(err)
				// From when it was due: a call that waits for others is late, too.
				times[n] = time.Since(due).Microseconds()
			}
		}()
	}
	for n := 0; n < *count; n++ {
		next <- n
	}
	close(next)
	group.Wait()
	fatal(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"timesUs": times, "seconds": time.Since(began).Seconds(),
	}))
}
