// A current Kubernetes control plane for tests, as one program: each sub-command is one server, unchanged. The API
// server brings etcd along in the same process, in a folder that the caller owns and removes.
package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/restclient"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

const usage = `each server ends with its standard input
usage: kubernetes apiserver --etcd-folder=DIR [flags of kube-apiserver, less --etcd-servers]
       kubernetes controller-manager [flags of kube-controller-manager]
       kubernetes scheduler [flags of kube-scheduler]`

const etcdStartMax = 60 * time.Second

func main() {
	if len(os.Args) < 2 {
		fail(usage)
	}
	command, flags := os.Args[1], os.Args[2:]
	go endWithInput()
	switch command {
	case "apiserver":
		if len(flags) < 1 || !strings.HasPrefix(flags[0], "--etcd-folder=") {
			fail(usage)
		}
		client := startEtcd(strings.TrimPrefix(flags[0], "--etcd-folder="))
		setFlags(append(flags[1:], "--etcd-servers="+client))
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "controller-manager":
		setFlags(flags)
		os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	case "scheduler":
		setFlags(flags)
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	default:
		fail(usage)
	}
}

// endWithInput leaves no server behind a test that was killed: its end of the pipe closes, whatever it died of.
func endWithInput() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}

func setFlags(flags []string) {
	os.Args = append([]string{os.Args[0]}, flags...)
}

// startEtcd serves on a loopback port of the kernel's choice and returns its address.
func startEtcd(folder string) string {
	loopback := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	config := embed.NewConfig()
	config.Dir = folder
	config.LogLevel = "error"
	config.UnsafeNoFsync = true // what it holds dies with the test
	config.ListenClientUrls, config.AdvertiseClientUrls = loopback, loopback
	config.ListenPeerUrls, config.AdvertisePeerUrls = loopback, loopback
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		fail("etcd: " + err.Error())
	}
	select {
	case <-etcd.Server.ReadyNotify():
	case <-time.After(etcdStartMax):
		fail("etcd: not ready in " + etcdStartMax.String())
	}
	return "http://" + etcd.Clients[0].Addr().String()
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
