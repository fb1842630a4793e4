package session

import (
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"devgate/internal/oserr"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/procfile"
	"devgate/proxy"
)

// P4 and the errors of a gateway that cannot listen, word for word.
func TestAGatewayThatCannotListenSaysWhyAndWhatToDo(t *testing.T) {
	busy := &port.BusyError{Port: 80, Err: oserr.AddrInUse.Err(), Owner: port.Owner{PID: 22014, Command: "next dev", Dir: "/src/old-shop", Age: 49 * time.Hour}}
	for _, c := range []struct {
		err  error
		want string
	}{
		{busy, "the gateway: port 80 is in use by pid 22014, `next dev`, in /src/old-shop, up 2 days\n" +
			"  hint: devgate up --port 81        use another port for the gateway\n" +
			fmt.Sprintf("        %-27s stop that process", killCommand(22014))},
		{&port.BusyError{Port: 80, Err: oserr.AddrInUse.Err()}, "the gateway: port 80 is in use by another user's process\n" +
			"  hint: devgate up --port 81        use another port for the gateway"},
		{os.NewSyscallError("bind", oserr.Forbidden.Err()), "the gateway may not listen on port 80: ports below 1024 need a right that you do not have\n" +
			"  hint: choose another: port = 3000 in Devgatefile, or devgate up --port 3000"},
		{&port.ReservedError{Port: 80, First: 70, Last: 100, Instead: 101, Err: oserr.Forbidden.Err()}, "the gateway may not listen on port 80: it is within 70-100, which Windows has reserved\n" +
			"  hint: choose another: port = 105 in Devgatefile, or devgate up --port 105"}, // browsers refuse those up to it
		{&port.ReservedError{Port: 80, Instead: 81, Err: oserr.Forbidden.Err()}, "the gateway may not listen on port 80: it is reserved by Windows, see: netsh int ipv4 show excludedportrange protocol=tcp\n" +
			"  hint: choose another: port = 81 in Devgatefile, or devgate up --port 81"},
		{oserr.AddrMissing.Err(), "the gateway cannot listen on 10.1.2.3: this machine has no such address\n" +
			"  hint: leave `host` out, or give one of this machine's own addresses"},
		{&net.DNSError{Err: "no such host", Name: "10.1.2.3"}, "the gateway cannot listen on 10.1.2.3: nobody knows a host of this name\n" +
			"  hint: leave `host` out, or give one of this machine's own names or addresses"},
		{errors.New("odd"), "the gateway cannot listen on 10.1.2.3 port 80: odd"},
	} {
		p := &project.Project{Path: "Devgatefile", Port: 80, Host: "10.1.2.3"}
		if got := gatewayError(p, c.err).Error(); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

// P4: a port that Windows has reserved is told of a service too, whose own words for it
// are that it has no right.
func TestAServiceOnAReservedPortIsToldSo(t *testing.T) {
	p := loaded(t, "[api]\ncommand = \"x\"\nport = 4001\n")
	reserved := &port.ReservedError{Port: 4001, First: 3950, Last: 4049, Instead: 4050, Err: oserr.Forbidden.Err()}
	one, is := backendConflict(p, p.Services[0], reserved)
	want := "api: port 4001 is within 3950-4049, which Windows has reserved\n  hint: change the port at " + p.Path + ":3:8, to 4050 for instance"
	if !is || one.text != want || one.busy != nil {
		t.Errorf("got  %s\nwant %s", one.text, want)
	}
	if one, is := backendConflict(p, p.Services[0], oserr.Forbidden.Err()); is {
		t.Errorf("what its server says better: %s", one.text)
	}
}

// A port that the message proposes is one that the gateway takes.
func TestAnotherPortForTheGatewayCanBeHad(t *testing.T) {
	for _, taken := range []int{3000, 5059, 5999, 65534, 65535} {
		if msg, _ := procfile.CheckBrowsers(another(taken)); msg != "" || another(taken) == taken || another(taken) > 65535 {
			t.Errorf("beside %d: %d %s", taken, another(taken), msg)
		}
	}
}

// P4: several devgates that choose their ports at the same instant try them out,
// each for a moment; that is no reason to give up.
func TestAPortThatWasChosenMayBeBusyForAMoment(t *testing.T) {
	for _, auto := range []bool{true, false} {
		held, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		released := time.AfterFunc(chosenPatience/6, func() { held.Close() })
		p := &project.Project{File: &procfile.File{Port: procfile.Port{Auto: auto}}, Host: "localhost", Port: held.Addr().(*net.TCPAddr).Port}
		if err := listen(p, func() error { return proxy.New(proxy.Config{}).Listen("localhost", p.Port) }); auto == (err != nil) {
			t.Errorf("chosen %v: %v", auto, err)
		}
		released.Stop()
		held.Close()
	}
}
