// The Go library's ttrpc as a peer for our tests: `peer server SOCKET` or `peer client SOCKET`.
// What is said on stdin and stdout of the client is told in ../peer.ts.
package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/containerd/ttrpc"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var cancelled int64

func methods() map[string]ttrpc.Method {
	wait := func(ctx context.Context, _ func(interface{}) error) (interface{}, error) {
		<-ctx.Done()
		atomic.AddInt64(&cancelled, 1)
		return nil, ctx.Err()
	}
	return map[string]ttrpc.Method{
		// A message without fields keeps whatever it is given as unknown fields, and writes them back.
		"Echo": func(_ context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			var message emptypb.Empty
			return &message, unmarshal(&message)
		},
		"Metadata": func(ctx context.Context, _ func(interface{}) error) (interface{}, error) {
			metadata, _ := ttrpc.GetMetadata(ctx)
			var lines []string
			for key, values := range metadata {
				lines = append(lines, key+"="+strings.Join(values, ","))
			}
			sort.Strings(lines)
			return wrapperspb.String(strings.Join(lines, "\n")), nil
		},
		"Fail": func(_ context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			var message spb.Status
			if err := unmarshal(&message); err != nil {
				return nil, err
			}
			return nil, status.FromProto(&message).Err()
		},
		"FailPlain": func(context.Context, func(interface{}) error) (interface{}, error) {
			return nil, errors.New("a plain error")
		},
		"Fill": func(_ context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			var size wrapperspb.UInt64Value
			if err := unmarshal(&size); err != nil {
				return nil, err
			}
			return wrapperspb.Bytes(make([]byte, size.Value)), nil
		},
		"Sleep": func(ctx context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			var ms wrapperspb.UInt64Value
			if err := unmarshal(&ms); err != nil {
				return nil, err
			}
			select {
			case <-time.After(time.Duration(ms.Value) * time.Millisecond):
				return &ms, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
		"Wait": wait,
		"Cancelled": func(context.Context, func(interface{}) error) (interface{}, error) {
			return wrapperspb.UInt64(uint64(atomic.LoadInt64(&cancelled))), nil
		},
	}
}

func health() map[string]ttrpc.Method {
	return map[string]ttrpc.Method{
		"Check": func(context.Context, func(interface{}) error) (interface{}, error) { return &emptypb.Empty{}, nil },
	}
}

// SIGTERM is the library's graceful end, with at most a second for what is in flight.
func serve(path string) {
	listener, err := net.Listen("unix", path)
	must(err)
	server, err := ttrpc.NewServer()
	must(err)
	server.Register("interop.Peer", methods())
	server.Register("grpc.Health", health())
	ended := make(chan struct{})
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		<-signals
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
		close(ended)
	}()
	if err := server.Serve(context.Background(), listener); !errors.Is(err, ttrpc.ErrServerClosed) {
		must(err)
	}
	<-ended
}

func field(bytes []byte) string {
	if len(bytes) == 0 {
		return "-"
	}
	return hex.EncodeToString(bytes)
}

func bytesOf(field string) []byte {
	if field == "-" {
		return nil
	}
	bytes, err := hex.DecodeString(field)
	must(err)
	return bytes
}

func metadataOf(field string) ttrpc.MD {
	metadata := ttrpc.MD{}
	for _, pair := range strings.Split(string(bytesOf(field)), "\n") {
		if at := strings.Index(pair, "="); at > 0 {
			metadata.Append(pair[:at], pair[at+1:])
		}
	}
	return metadata
}

func one(client *ttrpc.Client, words []string) string {
	id, service, method := words[0], words[1], words[2]
	timeout, err := strconv.ParseInt(words[3], 10, 64)
	must(err)
	var request, response emptypb.Empty
	must(proto.Unmarshal(bytesOf(words[4]), &request))
	ctx := context.Background()
	if timeout != 0 {
		limited, cancel := context.WithTimeout(ctx, time.Duration(timeout))
		defer cancel()
		ctx = limited
	}
	if words[5] != "-" {
		ctx = ttrpc.WithMetadata(ctx, metadataOf(words[5]))
	}
	err = client.Call(ctx, service, method, &request, &response)
	if err == nil {
		payload, err := proto.Marshal(&response)
		must(err)
		return fmt.Sprintf("%s 0 - %s -", id, field(payload))
	}
	answer, ok := status.FromError(err)
	if !ok {
		return fmt.Sprintf("%s local %s - -", id, field([]byte(err.Error())))
	}
	details := "-"
	for at, detail := range answer.Proto().GetDetails() {
		bytes, err := proto.Marshal(detail)
		must(err)
		if at == 0 {
			details = ""
		} else {
			details += ","
		}
		details += field(bytes)
	}
	return fmt.Sprintf("%s %d %s - %s", id, answer.Code(), field([]byte(answer.Message())), details)
}

func call(path string) {
	conn, err := net.Dial("unix", path)
	must(err)
	client := ttrpc.NewClient(conn)
	defer client.Close()
	lines := bufio.NewReader(os.Stdin)
	var stdout sync.Mutex
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		words := strings.Fields(line)
		go func() {
			answer := one(client, words)
			stdout.Lock()
			defer stdout.Unlock()
			fmt.Println(answer)
		}()
	}
}

func main() {
	if len(os.Args) != 3 {
		must(errors.New("usage: peer server|client SOCKET"))
	}
	if os.Args[1] == "server" {
		serve(os.Args[2])
	} else {
		call(os.Args[2])
	}
}
