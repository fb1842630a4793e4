package supervisor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// version is a spec that needs a new process when v differs.
func version(v string, s Spec) Spec {
	s.Version = v
	return s
}

// names are the services that the bus knows.
func (p *scene) names() string {
	synctest.Wait()
	var all []string
	for _, s := range p.bus.Snapshot() {
		all = append(all, s.Name)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// F4: only what changed is restarted.
func TestReconcileRestartsOnlyWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), version("1", spec("api")), version("1", spec("web")), version("1", spec("idle")))
		p.sup.Stop(command, "idle")
		p.after(time.Second)
		p.sup.Reconcile([]Spec{version("1", spec("web")), version("2", spec("api")), version("2", spec("idle"))}, []string{"api", "web", "idle"})
		p.after(time.Second)
		p.wantState("api", event.Ready)
		p.wantState("idle", event.Stopped) // somebody stopped it
		p.wantHistoryOf("api", "0s start", "1s TERM", "1s start")
		p.wantHistoryOf("web", "0s start")
		p.wantHistoryOf("idle", "0s start", "0s TERM")
		p.end()
	})
}

// F4: services come and go; what goes is stopped in reverse order of after.
func TestReconcileAddsAndRemovesServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.stubborn["api"] = true
		p := start(t, system, spec("api", "db"), spec("db"), spec("web"))
		sub := p.bus.Subscribe()
		p.sup.Reconcile([]Spec{spec("web"), spec("admin", "cache"), spec("cache"), spec("later")}, []string{"admin"})
		p.wantState("admin", event.Ready)
		p.wantState("later", event.Stopped)
		if got := p.names(); got != "admin api cache db later web" {
			t.Errorf("while api ends, there are %s", got)
		}
		p.after(5 * time.Second)
		if got := p.names(); got != "admin cache later web" {
			t.Errorf("in the end there are %s", got)
		}
		if err := p.sup.Restart(command, "api"); err == nil {
			t.Error("a removed service can be restarted")
		}
		sub.Close()
		var removed []string
		for e := range sub.C {
			if e.Kind == event.Removed {
				removed = append(removed, e.Service.Name)
			}
		}
		if !slices.Equal(removed, []string{"api", "db"}) {
			t.Errorf("told as removed: %v", removed)
		}
		p.end()
		p.wantHistoryOf("api", "0s start", "0s TERM", "5s KILL")
		p.wantHistoryOf("db", "0s start", "5s TERM")
		p.wantHistoryOf("web", "0s start", "5s TERM")
	})
}

// F4: a service that is declared again while it ends comes back, once.
func TestAServiceThatIsDeclaredAgainWhileItEndsComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.stubborn["api"] = true
		p := start(t, system, spec("api"), spec("web"))
		p.sup.Reconcile([]Spec{spec("web")}, []string{"web"})
		p.after(time.Second)
		p.sup.Reconcile([]Spec{spec("web"), spec("api")}, []string{"web", "api"})
		p.after(5 * time.Second)
		p.wantState("api", event.Ready)
		p.wantHistoryOf("api", "0s start", "0s TERM", "5s KILL", "5s start")
		p.sup.Reconcile([]Spec{spec("web")}, nil)
		p.after(time.Minute)
		p.sup.Reconcile([]Spec{spec("web"), spec("api")}, []string{"api"})
		p.wantState("api", event.Ready)
		p.end()
	})
}

// F4, P2: what was removed has ended before Run returns.
func TestRunWaitsForWhatReconcileRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.stubborn["api"] = true
		p := start(t, system, spec("api"), spec("web"))
		p.sup.Reconcile([]Spec{spec("web")}, nil)
		p.after(time.Second)
		p.end()
		if n := system.alive("api"); n != nil {
			t.Errorf("%d processes of a removed service are left", len(n))
		}
	})
}

// F4: what changes without a new process takes effect all the same.
func TestASpecOfTheSameVersionNeedsNoNewProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.stubborn["api"] = true
		p := start(t, system, spec("api"), spec("db"))
		patient := spec("api", "db")
		patient.Grace = time.Minute
		p.sup.Reconcile([]Spec{patient, spec("db")}, nil)
		p.sup.Restart(command, "api")
		p.after(time.Hour)
		p.end() // api before db
		p.wantHistoryOf("api", "0s start", "0s TERM", "1m0s KILL", "1m0s start", "1h0m0s TERM", "1h1m0s KILL")
		p.wantHistoryOf("db", "0s start", "1h1m0s TERM")
	})
}

// F4: a service that waits for one that is gone from its after starts.
func TestAServiceWhoseAfterIsTakenAwayStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.missing["db"] = true
		p := start(t, system, spec("api", "db"), spec("db"))
		p.wantState("api", event.Waiting)
		p.sup.Reconcile([]Spec{spec("api")}, nil)
		p.wantState("api", event.Ready)
		p.end()
	})
}

// F4: whatever the Devgatefile goes through, and at whatever moments, in the end
// there runs what it says: each service once, in its newest version, and nobody
// else. What was never different was never restarted.
func TestRandomReconciliationsEndWhereTheLastOneSays(t *testing.T) {
	for seed := range uint64(300) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 2))
			system := newSystem()
			system.stubborn["b-1"], system.stubborn["c-2"] = true, true
			specs := randomSpecs(rng)
			p := start(t, system, append(slices.Clone(specs), version("0", spec("steady")))...)
			for range 12 {
				p.after(time.Duration(rng.IntN(4000)) * time.Millisecond)
				if all := system.alive("build"); len(all) > 0 && rng.IntN(2) == 0 {
					all[0].exit(crash(0))
				}
				specs = randomSpecs(rng)
				p.sup.Reconcile(append(slices.Clone(specs), version("0", spec("steady"))), []string{"a", "b", "c", "d"})
				if rng.IntN(3) == 0 {
					p.sup.Restart(command, "steady")
					p.sup.Changed(edit, specs[0].Name)
				}
			}
			p.comeToRest()
			want := []string{"steady"}
			for _, s := range specs {
				want = append(want, s.Command.Args[0])
			}
			slices.Sort(want)
			if got := system.living(); !slices.Equal(got, want) {
				t.Errorf("seed %d: there run %v, want %v\n%s", seed, got, want, system.history())
			}
			p.end()
			if got := system.living(); len(got) > 0 {
				t.Errorf("seed %d: %v survive", seed, got)
			}
		})
	}
}

// comeToRest lets everything happen that is on its way.
func (p *scene) comeToRest() {
	for range 20 {
		p.after(10 * time.Second)
		for _, build := range p.system.alive("build") {
			build.exit(crash(0))
		}
	}
}

// randomSpecs are some of four services, each in one of three versions, after
// one another at random; the command's name tells the version.
func randomSpecs(rng *rand.Rand) (all []Spec) {
	for _, name := range []string{"a", "b", "c", "d"} {
		if rng.IntN(3) == 0 && len(all) > 0 {
			continue
		}
		v := fmt.Sprint(rng.IntN(3))
		s := version(v, spec(name))
		s.Command.Args = []string{name + "-" + v}
		s.Grace = time.Duration(1+rng.IntN(3)) * time.Second
		if rng.IntN(3) == 0 && len(all) > 0 {
			s.After = []string{all[rng.IntN(len(all))].Name}
		}
		if v == "1" {
			s.Build = &Command{Args: []string{"build"}}
		}
		if v == "2" { // and overlaps
			own := s
			s.Renew = func() (*Spec, error) { run := own; return &run, nil }
		}
		all = append(all, s)
	}
	return all
}
