// The Go library's ttrpc as a peer for our tests: `interop server SOCKET` or `interop client SOCKET`.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func expect(what string, ok bool, got interface{}) {
	if !ok {
		must(fmt.Errorf("%s: got %v", what, got))
	}
	fmt.Println("ok", what)
}

func serve(path string) {
	listener, err := net.Listen("unix", path)
	must(err)
	server, err := ttrpc.NewServer()
	must(err)
	server.Register("interop.Echo", map[string]ttrpc.Method{
		"Echo": func(ctx context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			var request wrapperspb.StringValue
			if err := unmarshal(&request); err != nil {
				return nil, err
			}
			if metadata, ok := ttrpc.GetMetadataValue(ctx, "suffix"); ok {
				request.Value += metadata
			}
			return &request, nil
		},
		"Fail": func(context.Context, func(interface{}) error) (interface{}, error) {
			return nil, status.Error(codes.NotFound, "no such thing")
		},
		"Wait": func(ctx context.Context, _ func(interface{}) error) (interface{}, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
	})
	must(server.Serve(context.Background(), listener))
}

func call(path string) {
	conn, err := net.Dial("unix", path)
	must(err)
	client := ttrpc.NewClient(conn)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	echo := func(ctx context.Context, service, method, text string) (string, error) {
		var response wrapperspb.StringValue
		err := client.Call(ctx, service, method, wrapperspb.String(text), &response)
		return response.Value, err
	}

	text, err := echo(ctx, "interop.Echo", "Echo", "hello")
	expect("echo", err == nil && text == "hello", err)
	large := strings.Repeat("x", 4<<20-200)
	text, err = echo(ctx, "interop.Echo", "Echo", large)
	expect("nearly 4 MiB both ways", err == nil && text == large, err)
	_, err = echo(ctx, "interop.Echo", "Echo", strings.Repeat("x", 4<<20))
	expect("too large is refused", status.Code(err) == codes.ResourceExhausted, err)
	_, err = echo(ctx, "interop.Echo", "Fail", "")
	expect("code and text of an error", status.Code(err) == codes.NotFound && status.Convert(err).Message() == "no such thing", err)
	_, err = echo(ctx, "interop.Nowhere", "Echo", "")
	expect("unknown service", status.Code(err) == codes.Unimplemented && status.Convert(err).Message() == "service interop.Nowhere", err)
	_, err = echo(ctx, "interop.Echo", "Nothing", "")
	expect("unknown method", status.Code(err) == codes.Unimplemented && status.Convert(err).Message() == "method Nothing", err)
	with := ttrpc.WithMetadata(ctx, ttrpc.MD{"suffix": []string{"!"}})
	text, err = echo(with, "interop.Echo", "Echo", "metadata")
	expect("metadata", err == nil && text == "metadata!", text)
	short, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	_, err = echo(short, "interop.Echo", "Wait", "")
	expect("deadline", errors.Is(err, context.DeadlineExceeded) || status.Code(err) == codes.DeadlineExceeded, err)
	text, err = echo(ctx, "interop.Echo", "Echo", "still here")
	expect("the connection lives", err == nil && text == "still here", err)
}

func main() {
	if len(os.Args) != 3 {
		must(errors.New("usage: interop server|client SOCKET"))
	}
	if os.Args[1] == "server" {
		serve(os.Args[2])
	} else {
		call(os.Args[2])
	}
}
