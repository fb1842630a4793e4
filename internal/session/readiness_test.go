package session

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
	"devgate/supervisor"
	"devgate/supervisor/probe"
)

// scripted starts children that print and end as they are told.
type scripted struct {
	mu    sync.Mutex // of exit
	print string
	exit  event.Exit
	err   error
	got   supervisor.Command
}

func (s *scripted) Start(c supervisor.Command, stdout, _ io.WriteCloser) (supervisor.Child, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = c
	io.WriteString(stdout, s.print)
	return &child{s.exit}, s.err
}

type child struct{ exit event.Exit }

func (c *child) PID() int                                { return 7 }
func (c *child) Wait() event.Exit                        { return c.exit }
func (c *child) Signal(syscall.Signal)                   {}
func (c *child) Rest() []int                             { return nil }
func (c *child) Sweep(_ syscall.Signal, _ time.Duration) {}

const checked = `port = 3000
[api]
command = "api"
dir = "."
ready = { exec = "pg_isready -q", timeout = "3s", interval = "1s" }
[log]
command = "log"
ready = { log = "up" }
[plain]
command = "plain"
`

// P6: ready = { exec = … } says what is missing with the first line of what the
// command prints.
func TestACommandDecidesWhetherAServiceIsReady(t *testing.T) {
	service := loaded(t, checked).Service("api")
	for _, c := range []struct {
		start *scripted
		want  string
	}{
		{&scripted{}, ""},
		{&scripted{print: "all well\n"}, ""},
		{&scripted{exit: event.Exit{Code: 2}}, "pg_isready -q: exit status 2"},
		{&scripted{exit: event.Exit{Code: 2}, print: "\nno response\nat all\n"}, "pg_isready -q: exit status 2 (no response)"},
		{&scripted{err: errors.New("no such program")}, "no such program"},
	} {
		one := &check{checks: &checks{start: c.start}, service: service}
		err := one.commandSucceeds(t.Context())
		if got := errorText(err); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if c.start.got.Dir != service.Dir || len(c.start.got.Env) == 0 {
			t.Errorf("started as %+v", c.start.got)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// P6: the service's own timeout is said once, with what is missing; the service is
// asked on.
func TestAServiceThatTakesLongerThanItsTimeoutIsToldOfOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out said
		start := &scripted{exit: event.Exit{Code: 1}}
		var tasks sync.WaitGroup
		ready := (&checks{say: out.say, start: start, undeclared: &undeclared{say: out.say}}).of(loaded(t, checked).Service("api"), nil)
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error)
		go func() { result <- ready(ctx, supervisor.Process{Missing: func(error) {}, Beside: tasks.Go}) }()
		time.Sleep(10 * time.Second) // virtual
		synctest.Wait()
		out.take(t, "api: not ready after 3s: pg_isready -q: exit status 1; it is asked on")
		start.mu.Lock()
		start.exit = event.Exit{}
		start.mu.Unlock()
		if err := <-result; err != nil {
			t.Error(err)
		}
		cancel()
		tasks.Wait()
	})
}

// A service without a check is ready as soon as it runs.
func TestAServiceWithoutACheckIsNotAsked(t *testing.T) {
	p := loaded(t, checked)
	c := &checks{}
	if c.of(p.Service("plain"), nil) != nil || c.of(p.Service("log"), nil) == nil {
		t.Error("checks are not those of the file")
	}
}

// G12: who is asked whether it is ready is asked in the protocol that it speaks.
func TestReadinessIsAskedInTheServicesProtocol(t *testing.T) {
	p := loaded(t, "[a]\ncommand = \"a\"\nport = 4001\nprotocol = \"h2c\"\n[b]\ncommand = \"b\"\nport = 4002\n")
	if a, b := protocolOf(p.Service("a")), protocolOf(p.Service("b")); a != probe.H2C || b != probe.HTTP1 {
		t.Errorf("asked in %v and %v", a, b)
	}
}
