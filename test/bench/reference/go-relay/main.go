// Reference: upstream's shape with upstream's ttrpc library. Each message is decoded and encoded again on its way from a
// Unix socket to TLS. ReadStreamRequest and ReadStreamResponse are stood in for by well-known types of the same wire
// shape (two strings; one bytes field), so that no generated code is needed.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/containerd/ttrpc"
	"google.golang.org/protobuf/types/known/apipb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

type settings struct {
	Directory  string `json:"directory"`
	ServerName string `json:"serverName"`
	Host       string `json:"host"`
	Lanes      []struct {
		SocketPath string `json:"socketPath"`
		Port       int    `json:"port"`
	} `json:"lanes"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func carry(shim net.Conn, address string, config *tls.Config) {
	defer shim.Close()
	vm, err := tls.Dial("tcp", address, config)
	must(err)
	client := ttrpc.NewClient(vm)
	defer client.Close()
	server, err := ttrpc.NewServer()
	must(err)
	server.Register("grpc.AgentService", map[string]ttrpc.Method{
		"ReadStdout": func(ctx context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			var request apipb.Mixin
			if err := unmarshal(&request); err != nil {
				return nil, err
			}
			var response wrapperspb.BytesValue
			if err := client.Call(ctx, "grpc.AgentService", "ReadStdout", &request, &response); err != nil {
				return nil, err
			}
			return &response, nil
		},
	})
	single := &oneConnection{conn: shim, closed: make(chan struct{})}
	_ = server.Serve(context.Background(), single)
}

// A listener that has one connection and then waits: ttrpc serves listeners only.
type oneConnection struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *oneConnection) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}
func (l *oneConnection) Close() error   { return nil }
func (l *oneConnection) Addr() net.Addr { return &net.UnixAddr{} }

func main() {
	var s settings
	must(json.Unmarshal([]byte(os.Args[1]), &s))
	file := func(name string) string { return filepath.Join(s.Directory, name) }
	certificate, err := tls.LoadX509KeyPair(file("client.pem"), file("client.key"))
	must(err)
	ca, err := os.ReadFile(file("ca.pem"))
	must(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: roots, ServerName: s.ServerName}
	for _, lane := range s.Lanes {
		listener, err := net.Listen("unix", lane.SocketPath)
		must(err)
		address := fmt.Sprintf("%s:%d", s.Host, lane.Port)
		go func() {
			for {
				shim, err := listener.Accept()
				must(err)
				go carry(shim, address, config)
			}
		}()
	}
	fmt.Println("ready")
	select {}
}
