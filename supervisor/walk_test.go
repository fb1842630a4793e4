package supervisor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// P1, P2, P3, P11: whatever happens to services whose processes leave others
// behind, have stop commands that hang and end by themselves at any moment:
//
//   - a process starts only when nothing of the one before it is left, its stop
//     command included,
//   - a stop command starts only for a process that lives, or has ended at this
//     very instant,
//   - a service that is said to be down has nothing left,
//   - after a kill nothing is alive, and Run returns with nothing left.
func TestRandomHistoriesLeaveNothingBehind(t *testing.T) {
	for seed := range uint64(1000) {
		synctest.Test(t, func(t *testing.T) {
			h := newHistory(t, seed)
			for range 25 {
				h.step()
			}
			h.p.stop()
			for range 10 { // the way down is no quiet time either
				h.p.after(time.Duration(h.rng.IntN(500)) * time.Millisecond)
				h.exitOne()
			}
			if h.rng.IntN(2) == 0 {
				h.kill()
			}
			<-h.p.over
			if left := h.system.living(); left != nil {
				h.fail("%v survive", left)
			}
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// history is one random life of three services.
type history struct {
	t        *testing.T
	rng      *rand.Rand
	system   *system
	p        *scene
	overlaps map[string]bool

	mu  sync.Mutex
	bad string // the first rule that was broken
}

func newHistory(t *testing.T, seed uint64) *history {
	h := &history{t: t, rng: rand.New(rand.NewPCG(seed, 3)), system: newSystem(), overlaps: map[string]bool{}}
	h.system.onStart = h.checkStart
	specs := []Spec{h.spec("a"), h.spec("b"), h.spec("c")}
	specs[1].After = []string{"a"}
	h.p = start(t, h.system, specs...)
	return h
}

// spec is a service with a random character.
func (h *history) spec(name string) Spec {
	s := spec(name)
	s.Grace = time.Duration(1+h.rng.IntN(3)) * time.Second
	s.Restart = Restart(h.rng.IntN(3))
	s.Observe = h.observe
	s.Once = h.rng.IntN(6) == 0
	for _, command := range []string{name, "halt-" + name, "build-" + name} {
		h.system.deaf[command] = h.rng.IntN(4) == 0
		h.system.stubborn[command] = h.rng.IntN(4) == 0
		h.system.slow[command] = time.Duration(h.rng.IntN(3)) * time.Second
	}
	if h.rng.IntN(2) == 0 {
		s.Stop = &Command{Args: []string{"halt-" + name}}
	}
	if h.rng.IntN(3) == 0 {
		s.Build = &Command{Args: []string{"build-" + name}}
	}
	if h.rng.IntN(2) == 0 {
		s.Ready = readyAfter(time.Duration(h.rng.IntN(2000)) * time.Millisecond)
	}
	if h.rng.IntN(2) == 0 {
		lasts := time.Duration(h.rng.IntN(1500)) * time.Millisecond
		s.Drain = func(ctx context.Context) {
			select {
			case <-time.After(lasts):
			case <-ctx.Done():
			}
		}
	}
	if h.overlaps[name] = h.rng.IntN(4) == 0; h.overlaps[name] {
		own := s
		s.Renew = func() (*Spec, error) { run := own; return &run, nil }
	}
	return s
}

// step lets some time pass and something happen.
func (h *history) step() {
	h.p.after(time.Duration(h.rng.IntN(1500)) * time.Millisecond)
	name := string("abc"[h.rng.IntN(3)])
	switch h.rng.IntN(12) {
	case 0:
		h.p.sup.Stop(command, name)
	case 1, 2:
		h.p.sup.Start(command, name)
	case 3, 4:
		h.p.sup.Restart(command, name)
	case 5, 6:
		h.p.sup.Changed(edit, name)
	case 7:
		if h.rng.IntN(3) == 0 {
			h.kill()
		}
	default:
		h.exitOne()
	}
}

// exitOne lets a leader end by itself.
func (h *history) exitOne() {
	if all := h.system.leaders(); len(all) > 0 {
		all[h.rng.IntN(len(all))].exit(crash(h.rng.IntN(2)))
	}
}

func (h *history) kill() {
	h.p.sup.Kill()
	synctest.Wait()
	if left := h.system.living(); left != nil {
		h.fail("%v survive a kill", left)
	}
}

// checkStart is called with the system's lock held, before a command starts.
func (h *history) checkStart(command string) {
	name := strings.TrimPrefix(command, "halt-")
	leader, rest := false, false
	for _, c := range h.system.children[name] {
		lives := !c.dead || command != name && c.died.Equal(time.Now())
		leader, rest = leader || lives, rest || c.left
	}
	for _, c := range h.system.children["halt-"+name] {
		rest = rest || !c.dead || c.left
	}
	switch {
	case strings.HasPrefix(command, "build-") || h.overlaps[name]:
	case command == name && (leader || rest):
		h.fail("%s starts beside what is left of it", name)
	case command != name && !leader:
		h.fail("%s starts for a process that has ended", command)
	}
}

// observe checks what is said of a service.
func (h *history) observe(e event.Service) {
	alive := len(h.system.treesOf(e.Name)) > 0
	switch {
	case isDown(e) && alive:
		h.fail("%s is %s, and something of it lives", e.Name, e.State)
	case e.State == event.Stopped && e.PID != 0:
		h.fail("%s is stopped, with the pid %d", e.Name, e.PID)
	case (e.PID == 0) != e.Started.IsZero():
		h.fail("%s has the pid %d, started at %v", e.Name, e.PID, e.Started)
	}
}

// fail notes the first rule that was broken: any goroutine may.
func (h *history) fail(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bad == "" {
		h.bad = fmt.Sprintf(format, args...)
		h.t.Errorf("after %v: %s", time.Since(h.system.began), h.bad)
	}
}
