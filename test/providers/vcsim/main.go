// Starts vcsim, govmomi's simulator of a vCenter, with a template in it, and plays the guests: a VM that runs gets an
// address after a while, as VMware Tools would report it. A second port takes faults and shows what there is.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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

func control(model *simulator.Model, client *govmomi.Client, silent *atomic.Bool) http.Handler {
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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go func() { must(http.Serve(listener, control(model, client, &silent))) }()

	fmt.Printf("{\"sdk\":\"http://%s\",\"control\":\"http://%s\"}\n", server.URL.Host, listener.Addr())
	// The test holds our stdin: when it ends, however, so do we.
	_, _ = os.Stdin.Read(make([]byte, 1))
	server.Close()
	model.Remove()
}
