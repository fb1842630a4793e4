package project

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"devgate/internal/port"
	"devgate/procfile"
)

// A Procfile has not chosen 3000: its gateway gives way to a line, and to another
// program, and says why. That goes for what devgate chooses alone.
func TestTheGatewayOfAProcfileStepsAside(t *testing.T) {
	// Held for the test, unless somebody has it anyway: then the gateway cannot have it.
	if l, err := net.Listen("tcp", "127.0.0.1:3000"); err == nil {
		defer l.Close()
	}
	plain, rails := "web: PORT=4001 npm start\n", "css: watch\nweb: rails s -p 3000\napi: PORT=3001 ./api\n"
	for name, c := range map[string]struct {
		text  string
		o     Options
		port  int    // 0: any free one behind 3000
		line  string // whose line is told to have it
		busy  bool   // another program is told to have it
		error string
	}{
		"another program has it":        {text: plain, busy: true},
		"a flag has it":                 {text: rails, line: "web"},
		"PORT= has it":                  {text: "web: PORT=3000 npm start\n", line: "web"},
		"it runs elsewhere already":     {text: rails, o: Options{GatewayPort: 3456}, port: 3456},
		"it runs on 3000":               {text: plain, o: Options{GatewayPort: 3000}, port: 3000},
		"it runs on 3000, a line wants": {text: rails, o: Options{GatewayPort: 3000}, line: "web"},
		"somebody chose":                {text: rails, o: Options{Port: 3457}, port: 3457},
		"somebody chose what a line has": {text: rails, o: Options{Port: 3000}, error: "Procfile:2:17: port 3000 is the gateway's port\n" +
			"    2 | web: rails s -p 3000\n      |                 ^^^^\n  hint: give the service another port, or the gateway: devgate up --port 3002"},
		"somebody chose what browsers refuse": {text: plain, o: Options{Port: 6000},
			error: "port 6000 is one that browsers refuse to open: it is kept for x11\n  hint: devgate up --port 6001, or another that is not kept for an old protocol"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(write(t, "Procfile", c.text))
			c.o.File = "Procfile"
			p, err := Load(t.Context(), c.o)
			if c.error != "" {
				if err == nil || err.Error() != c.error {
					t.Errorf("got\n%v\nwant\n%s", err, c.error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			sameMove(t, p.GatewayMoved, c.line, c.busy)
			if c.port == 0 && (p.Port <= 3000 || p.lineOn(p.Port) != nil || port.Check(p.Port) != nil) || c.port != 0 && p.Port != c.port {
				t.Errorf("the gateway is on %d, want %d (0: a free one that no line has)", p.Port, c.port)
			}
		})
	}
}

func sameMove(t *testing.T, moved *Moved, line string, busy bool) {
	t.Helper()
	var got string
	var err *port.BusyError
	if moved != nil && moved.Line != nil {
		got = moved.Line.Name
	}
	if got != line || (moved != nil) != (line != "" || busy) || busy != (moved != nil && errors.As(moved.Busy, &err)) {
		t.Errorf("moved because of %+v, want the line of %q, or another program: %v", moved, line, busy)
	}
}

// Where nobody has it, a gateway that nobody chose a port for is on 3000.
func TestTheGatewayOfAProcfileIsOnTheDefaultPort(t *testing.T) {
	p := mustLoad(t, Options{File: write(t, "Procfile", "web: PORT=4001 x\n") + "/Procfile"})
	if p.GatewayMoved == nil && p.Port != procfile.DefaultPort || p.GatewayMoved != nil && p.GatewayMoved.Busy == nil {
		t.Errorf("it is on %d, moved because of %+v", p.Port, p.GatewayMoved)
	}
}

// What devgate chooses can be looked at with a browser.
func TestChosenPortsAreNoneThatBrowsersRefuse(t *testing.T) {
	taken := map[int]bool{}
	for _, refused := range procfile.BlockedPorts() {
		taken[refused] = true
	}
	if got, err := port.Next(6664, taken); err != nil || got <= 6669 {
		t.Errorf("behind 6664 comes %d, %v", got, err)
	}
}

// P4: the gateway of a Procfile never moves silently.
func TestAGatewayThatGaveWaySaysSo(t *testing.T) {
	dir := write(t, "Procfile", "css: watch\nweb: rails s -p 3000\n")
	p := mustLoad(t, Options{Dir: dir})
	if got, want := p.WhyMoved(), fmt.Sprintf("the gateway takes port %d: 3000 is that of web (Procfile:2:17)", p.Port); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.Port, p.GatewayMoved = 3001, &Moved{Busy: &port.BusyError{Port: 3000, Owner: port.Owner{PID: 7, Command: "node x"}}}
	if got, want := p.WhyMoved(), "the gateway takes port 3001: port 3000 is in use by pid 7, `node x`"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.GatewayMoved = nil
	if got := p.WhyMoved(); got != "" {
		t.Errorf("a gateway in its place says %q", got)
	}
}
