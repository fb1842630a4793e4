package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// system plays the operating system: it records what was started and signalled,
// with the time since the test began, and lets the test decide how children end.
type system struct {
	mu       sync.Mutex
	began    time.Time
	log      []string
	children map[string][]*fakeChild  // by the command's first word, in order
	stubborn map[string]bool          // ignores TERM
	missing  map[string]bool          // cannot be started
	slow     map[string]time.Duration // how long what a leader leaves behind takes to end after its signal
	deaf     map[string]bool          // a leader leaves something behind that only KILL ends
	onStart  func(name string)        // with the lock held; nil: nothing
	pids     int
}

func newSystem() *system {
	return &system{began: time.Now(), children: map[string][]*fakeChild{}, stubborn: map[string]bool{}, missing: map[string]bool{}, slow: map[string]time.Duration{}, deaf: map[string]bool{}}
}

func (s *system) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprintf("%v ", time.Since(s.began).Round(time.Millisecond))+fmt.Sprintf(format, args...))
}

func (s *system) Start(c Command, stdout, stderr io.WriteCloser) (Child, error) {
	name := c.Args[0]
	s.note("start %s", name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.onStart != nil {
		s.onStart(name)
	}
	if s.missing[name] {
		return nil, errors.New("start " + name + ": command not found in PATH")
	}
	s.pids++
	child := &fakeChild{system: s, name: name, pid: s.pids, ended: make(chan event.Exit, 1), killed: make(chan struct{}),
		left: s.deaf[name] || s.slow[name] > 0}
	s.children[name] = append(s.children[name], child)
	return child, nil
}

// last is the newest child of a command.
func (s *system) last(name string) *fakeChild {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.children[name]
	return all[len(all)-1]
}

// living are the commands of all children of which something has not ended, sorted.
func (s *system) living() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, children := range s.children {
		for _, c := range children {
			if !c.dead || c.left {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// treesOf are the children of a service and of its stop command of which
// something has not ended.
func (s *system) treesOf(name string) (all []*fakeChild) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range slices.Concat(s.children[name], s.children["halt-"+name]) {
		if !c.dead || c.left {
			all = append(all, c)
		}
	}
	return all
}

// leaders are those that have not ended, in the order of their numbers.
func (s *system) leaders() (all []*fakeChild) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, children := range s.children {
		for _, c := range children {
			if !c.dead {
				all = append(all, c)
			}
		}
	}
	slices.SortFunc(all, func(a, b *fakeChild) int { return a.pid - b.pid })
	return all
}

// alive are the children of a command that have not ended.
func (s *system) alive(name string) (all []*fakeChild) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.children[name] {
		if !c.dead {
			all = append(all, c)
		}
	}
	return all
}

func (s *system) history() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.log, "\n")
}

// fakeChild is a leader and, where the system says so, one more process of its
// tree, whose number is 1000 higher.
type fakeChild struct {
	system *system
	name   string
	pid    int
	ended  chan event.Exit
	killed chan struct{}  // closed
	dead   bool           // the leader
	died   time.Time      // when
	left   bool           // the other lives
	swept  syscall.Signal // what Sweep was to begin with
}

func (c *fakeChild) PID() int { return c.pid }

func (c *fakeChild) Wait() event.Exit { return <-c.ended }

func (c *fakeChild) Signal(sig syscall.Signal) {
	if !c.alive() {
		return
	}
	c.system.note("%s %s", SignalName(sig), c.name)
	if sig == syscall.SIGKILL {
		c.endRest()
	}
	if sig == syscall.SIGKILL || !c.system.stubborn[c.name] {
		c.exit(event.Exit{Code: 128 + int(sig), Signal: SignalName(sig)})
	}
}

func (c *fakeChild) alive() bool {
	c.system.mu.Lock()
	defer c.system.mu.Unlock()
	return !c.dead || c.left
}

func (c *fakeChild) Rest() []int {
	c.system.mu.Lock()
	defer c.system.mu.Unlock()
	if c.left {
		return []int{c.pid + 1000}
	}
	return nil
}

// Sweep ends the other process, after the time that it takes.
func (c *fakeChild) Sweep(sig syscall.Signal, grace time.Duration) {
	c.swept = sig
	if c.Rest() == nil {
		return
	}
	takes := c.system.slow[c.name]
	if c.system.deaf[c.name] || takes > grace {
		takes = grace
	}
	select {
	case <-time.After(takes): // virtual
		c.endRest()
	case <-c.killed:
	}
}

func (c *fakeChild) endRest() {
	c.system.mu.Lock()
	defer c.system.mu.Unlock()
	if c.left {
		c.left = false
		close(c.killed)
	}
}

func (c *fakeChild) exit(e event.Exit) {
	c.system.mu.Lock()
	defer c.system.mu.Unlock()
	if !c.dead {
		c.dead, c.died = true, time.Now()
		c.ended <- e
	}
}

// What tests ask for, and why.
var (
	command = event.Cause{By: event.Command}
	edit    = event.Cause{By: event.Edit, Files: []string{"api/main.go"}, Total: 1}
)

// scene runs a supervisor inside a bubble of virtual time.
type scene struct {
	t      *testing.T
	system *system
	bus    event.Bus
	sup    *Supervisor
	stop   context.CancelFunc
	over   chan struct{}
}

func start(t *testing.T, system *system, specs ...Spec) *scene {
	p := &scene{t: t, system: system, over: make(chan struct{})}
	p.sup = New(specs, &p.bus, system)
	p.run()
	return p
}

func (p *scene) run() {
	var ctx context.Context
	ctx, p.stop = context.WithCancel(p.t.Context())
	go func() {
		defer close(p.over)
		if err := p.sup.Run(ctx, nil); err != nil {
			p.t.Errorf("Run: %v", err)
		}
	}()
	synctest.Wait()
}

func (p *scene) end() {
	p.stop()
	<-p.over
}

func (p *scene) after(d time.Duration) {
	time.Sleep(d) // virtual: the bubble's clock
	synctest.Wait()
}

func (p *scene) service(name string) event.Service {
	p.t.Helper()
	synctest.Wait()
	all := p.bus.Snapshot()
	i := slices.IndexFunc(all, func(s event.Service) bool { return s.Name == name })
	if i < 0 {
		p.t.Fatalf("no service %s in %v", name, all)
	}
	return all[i]
}

func (p *scene) wantState(name string, want event.State) {
	p.t.Helper()
	if got := p.service(name); got.State != want {
		p.t.Errorf("%s is %s (%s), want %s", name, got.State, got.Reason, want)
	}
}

func (p *scene) wantHistory(want ...string) {
	p.t.Helper()
	synctest.Wait()
	if got := p.system.history(); got != strings.Join(want, "\n") {
		p.t.Errorf("history:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// wantHistoryOf looks at one command: those of others may come in any order.
func (p *scene) wantHistoryOf(name string, want ...string) {
	p.t.Helper()
	synctest.Wait()
	var got []string
	for line := range strings.SplitSeq(p.system.history(), "\n") {
		if strings.HasSuffix(line, " "+name) {
			got = append(got, strings.TrimSuffix(line, " "+name))
		}
	}
	if !slices.Equal(got, want) {
		p.t.Errorf("history of %s: %q, want %q", name, got, want)
	}
}

// spec is a service whose command is its own name.
func spec(name string, after ...string) Spec {
	return Spec{Name: name, Command: Command{Args: []string{name}}, After: after}
}

// notices collects what is said from now on.
func (p *scene) notices() func() []string {
	sub := p.bus.Subscribe()
	return func() (all []string) {
		sub.Close()
		for e := range sub.C {
			if e.Kind == event.Notice || e.Kind == event.UpdateFailed {
				all = append(all, e.Service.Name+": "+e.Text)
			}
		}
		return all
	}
}
