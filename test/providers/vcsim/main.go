// Starts vcsim, govmomi's simulator of a vCenter, with a template in it, and plays the guests: a VM that runs gets an
// address after a while, as VMware Tools would report it. A second port takes faults and shows what there is.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const template = "podvm-template"

// vm is what the control port tells of a virtual machine.
type vm struct {
	Name         string            `json:"name"`
	Ref          string            `json:"ref"`
	InstanceUUID string            `json:"instanceUuid"`
	Power        string            `json:"power"`
	CPUs         int32             `json:"cpus"`
	MemoryMB     int32             `json:"memoryMB"`
	Host         string            `json:"host"`
	Template     bool              `json:"template"`
	Address      string            `json:"address"`
	Extra        map[string]string `json:"extra"`
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func machines(ctx context.Context, client *govmomi.Client) ([]mo.VirtualMachine, error) {
	container, err := view.NewManager(client.Client).CreateContainerView(
		ctx, client.ServiceContent.RootFolder, []string{"VirtualMachine"}, true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = container.Destroy(ctx) }()
	var found []mo.VirtualMachine
	err = container.Retrieve(ctx, []string{"VirtualMachine"}, []string{"name", "config", "runtime", "guest"}, &found)
	return found, err
}

func describe(one mo.VirtualMachine) vm {
	told := vm{Name: one.Name, Ref: one.Self.Value, Power: string(one.Runtime.PowerState), Extra: map[string]string{}}
	if one.Runtime.Host != nil {
		told.Host = one.Runtime.Host.Value
	}
	if one.Guest != nil {
		told.Address = one.Guest.IpAddress
	}
	if one.Config == nil {
		return told
	}
	told.InstanceUUID = one.Config.InstanceUuid
	told.Template = one.Config.Template
	told.CPUs = one.Config.Hardware.NumCPU
	told.MemoryMB = one.Config.Hardware.MemoryMB
	for _, option := range one.Config.ExtraConfig {
		value := option.GetOptionValue()
		told.Extra[value.Key] = fmt.Sprint(value.Value)
	}
	return told
}

// playGuests gives each running VM an address of its own. Nothing here waits for a task: it could hang on a VM that is
// destroyed meanwhile. What has not taken effect after a second is asked for again.
func playGuests(ctx context.Context, client *govmomi.Client, every time.Duration, silent *atomic.Bool) {
	type gift struct {
		address string
		at      time.Time
	}
	given := map[types.ManagedObjectReference]gift{}
	for ; ; time.Sleep(every) {
		if silent.Load() {
			continue
		}
		bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
		found, err := machines(bounded, client)
		for _, one := range found {
			told := describe(one)
			mine, known := given[one.Self]
			if err != nil || told.Template || told.Power != "poweredOn" || told.Address != "" {
				continue
			}
			if known && time.Since(mine.at) < time.Second {
				continue
			}
			if !known {
				next := len(given)
				mine.address = fmt.Sprintf("10.%d.%d.%d", 64+next/62500, next/250%250, 2+next%250)
			}
			spec := types.VirtualMachineConfigSpec{ExtraConfig: []types.BaseOptionValue{
				&types.OptionValue{Key: "SET.guest.ipAddress", Value: mine.address},
			}}
			mine.at = time.Now()
			given[one.Self] = mine
			_, _ = object.NewVirtualMachine(client.Client, one.Self).Reconfigure(bounded, spec)
		}
		if bounded.Err() != nil {
			log.Print("the simulator did not answer the guests for 5 s")
		}
		cancel()
	}
}

// files are the directories of VMs that the datastores hold.
func files(model *simulator.Model) []string {
	found := []string{}
	for _, entity := range model.Map().All("Datastore") {
		info, ok := entity.(*simulator.Datastore).Info.(*types.LocalDatastoreInfo)
		if !ok {
			continue
		}
		entries, _ := os.ReadDir(info.Path)
		for _, entry := range entries {
			found = append(found, filepath.Base(entry.Name()))
		}
	}
	return found
}

func faultNamed(name string) types.BaseMethodFault {
	switch name {
	case "InsufficientMemoryResourcesFault":
		return &types.InsufficientMemoryResourcesFault{Unreserved: 1, Requested: 2}
	case "NoDiskSpace":
		return &types.NoDiskSpace{Datastore: "full"}
	case "NotAuthenticated":
		return &types.NotAuthenticated{}
	case "NoPermission":
		return &types.NoPermission{PrivilegeId: "VirtualMachine.Inventory.CreateFromExisting"}
	case "TaskInProgress":
		return &types.TaskInProgress{}
	case "InvalidPowerState":
		return &types.InvalidPowerState{RequestedState: "poweredOff", ExistingState: "poweredOff"}
	}
	return &types.SystemError{Reason: name}
}

// watch knows the calls that vcsim has not answered. It can lose a lock, and then answers some calls never.
type watch struct {
	mu    sync.Mutex
	calls map[*http.Request]begun
}

type begun struct {
	method string
	at     time.Time
}

var methodInBody = regexp.MustCompile(`<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)`)

func (w *watch) over(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, _ := io.ReadAll(in.Body)
		in.Body = io.NopCloser(bytes.NewReader(body))
		method := "?"
		if found := methodInBody.FindSubmatch(body); found != nil {
			method = string(found[1])
		}
		w.mu.Lock()
		w.calls[in] = begun{method, time.Now()}
		w.mu.Unlock()
		defer func() {
			w.mu.Lock()
			delete(w.calls, in)
			w.mu.Unlock()
		}()
		inner.ServeHTTP(out, in)
	})
}

// stuck names the calls that have been waiting for longer than `limit`, with what every goroutine does meanwhile.
func (w *watch) stuck(limit time.Duration) (found []string, stacks string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found = []string{}
	for _, call := range w.calls {
		if waits := time.Since(call.at); waits > limit {
			found = append(found, fmt.Sprintf("%s for %.1f s", call.method, waits.Seconds()))
		}
	}
	if len(found) > 0 {
		all := make([]byte, 1<<20)
		stacks = string(all[:runtime.Stack(all, true)])
	}
	return found, stacks
}

func control(model *simulator.Model, client *govmomi.Client, silent *atomic.Bool, calls *watch) http.Handler {
	mux := http.NewServeMux()
	answer := func(out http.ResponseWriter, value any) { _ = json.NewEncoder(out).Encode(value) }
	mux.HandleFunc("/vms", func(out http.ResponseWriter, in *http.Request) {
		found, err := machines(in.Context(), client)
		if err != nil {
			http.Error(out, err.Error(), http.StatusServiceUnavailable)
			return
		}
		told := []vm{}
		for _, one := range found {
			told = append(told, describe(one))
		}
		answer(out, told)
	})
	mux.HandleFunc("/files", func(out http.ResponseWriter, _ *http.Request) { answer(out, files(model)) })
	mux.HandleFunc("/silent", func(out http.ResponseWriter, in *http.Request) {
		silent.Store(in.URL.Query().Get("on") == "true")
		answer(out, true)
	})
	mux.HandleFunc("/sessions", func(out http.ResponseWriter, in *http.Request) {
		var manager mo.SessionManager
		if err := client.RetrieveOne(in.Context(), *client.ServiceContent.SessionManager, nil, &manager); err != nil {
			http.Error(out, err.Error(), http.StatusServiceUnavailable)
			return
		}
		agents := []string{}
		for _, session := range manager.SessionList {
			agents = append(agents, session.UserAgent)
		}
		answer(out, agents)
	})
	mux.HandleFunc("/end-sessions", func(out http.ResponseWriter, in *http.Request) {
		var manager mo.SessionManager
		_ = client.RetrieveOne(in.Context(), *client.ServiceContent.SessionManager, nil, &manager)
		ended := 0
		for _, session := range manager.SessionList {
			if !strings.HasPrefix(session.UserAgent, in.URL.Query().Get("agent")) {
				continue
			}
			if client.SessionManager.TerminateSession(in.Context(), []string{session.Key}) == nil {
				ended++
			}
		}
		answer(out, ended)
	})
	mux.HandleFunc("/stuck", func(out http.ResponseWriter, in *http.Request) {
		ms, _ := strconv.Atoi(in.URL.Query().Get("ms"))
		found, stacks := calls.stuck(time.Duration(ms) * time.Millisecond)
		answer(out, map[string]any{"calls": found, "stacks": stacks})
	})
	mux.HandleFunc("/faults", func(out http.ResponseWriter, in *http.Request) {
		query := in.URL.Query()
		if in.Method == http.MethodDelete {
			model.Service.FaultInjector().ClearRules()
		} else {
			count, _ := strconv.Atoi(query.Get("count"))
			model.Service.AddFaultRule(&simulator.FaultInjectionRule{
				MethodName: query.Get("method"), ObjectType: "*", ObjectName: "*", Probability: 1,
				FaultType: simulator.FaultTypeCustom, Fault: faultNamed(query.Get("fault")),
				MaxCount: count, Enabled: true,
			})
		}
		answer(out, true)
	})
	return mux
}

func main() {
	user := flag.String("username", "worker@vsphere.local", "who may log in")
	password := flag.String("password", "secret", "with what")
	guestDelay := flag.Duration("guest", 20*time.Millisecond, "how long until a VM that runs has an address, about")
	cloneDelay := flag.Int("clone-delay", 0, "how long a clone takes, ms")
	flag.Parse()
	ctx := context.Background()

	model := simulator.VPX()
	model.ServiceContent.About.ApiVersion = "8.0.3.0"
	model.Host, model.Cluster, model.ClusterHost, model.Machine, model.Datastore = 1, 1, 3, 1, 2
	must(model.Create())
	model.DelayConfig.MethodDelay = map[string]int{"CloneVM_Task": *cloneDelay, "LockHandoff": 0}
	model.Service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(*user, *password)}
	server := model.Service.NewServer()
	calls := &watch{calls: map[*http.Request]begun{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go func() { must(http.Serve(listener, calls.over(model.Service.ServeMux))) }()

	client, err := govmomi.NewClient(ctx, server.URL, true)
	must(err)
	found, err := machines(ctx, client)
	must(err)
	for index, one := range found {
		task, err := object.NewVirtualMachine(client.Client, one.Self).PowerOff(ctx)
		must(err)
		must(task.Wait(ctx))
		if index > 0 {
			continue
		}
		machine := object.NewVirtualMachine(client.Client, one.Self)
		snapshot, err := machine.CreateSnapshot(ctx, "base", "", false, false)
		must(err)
		must(snapshot.Wait(ctx))
		rename, err := machine.Rename(ctx, template)
		must(err)
		must(rename.Wait(ctx))
		must(machine.MarkAsTemplate(ctx))
	}
	var silent atomic.Bool
	go playGuests(ctx, client, *guestDelay, &silent)
	controlListener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go func() { must(http.Serve(controlListener, control(model, client, &silent, calls))) }()

	fmt.Printf("{\"sdk\":\"http://%s\",\"control\":\"http://%s\"}\n", listener.Addr(), controlListener.Addr())
	// The test holds our stdin: when it ends, however, so do we.
	_, _ = os.Stdin.Read(make([]byte, 1))
	server.Close()
	model.Remove()
}
