package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestMutationsAreNoticed takes one safeguard of the gateway away at a time:
// the checks of this package must turn red. That they are green with all
// safeguards is shown here too, by the same checks.
func TestMutationsAreNoticed(t *testing.T) {
	for _, m := range []struct {
		name  string
		weak  weakness
		check func(*testing.T, weakness) error
	}{
		{"no drain of refused answers", closesRefusals, fallThroughConnections},
		{"no hold of informational answers", leaksEarlyHints, randomHistories},
		{"no epoch for what is learned", keepsEpoch, randomHistories},
		{"no cookie in the key of what is learned", ignoresCookies, randomHistories},
	} {
		t.Run(m.name, func(t *testing.T) {
			if err := m.check(t, m.weak); err == nil {
				t.Error("nothing was noticed")
			} else {
				t.Logf("noticed: %.300v", err)
			}
		})
	}
	for name, check := range map[string]func(*testing.T, weakness) error{"histories": randomHistories, "connections": fallThroughConnections} {
		t.Run("all put back: "+name, func(t *testing.T) {
			if err := check(t, sound); err != nil {
				t.Error(err)
			}
		})
	}
}

// historyMax is how many random histories a mutation may survive; the sound
// gateway is not shown so many, as TestGatewayIsReference is there for that.
const (
	historyMax   = 400
	historySound = 30
)

// randomHistories plays the histories of TestGatewayIsReference, from fixed
// seeds, until one shows a difference.
func randomHistories(t *testing.T, weak weakness) error {
	n := historyMax
	if weak == sound {
		n = historySound
	}
	th := newTheatre(t, true, weak)
	if weak != sound {
		th.limit = time.Second // what hangs need not hang for long
	}
	for seed := range n {
		if err := th.play(histories.Example(seed)); err != nil {
			return fmt.Errorf("history %d: %w", seed, err)
		}
	}
	return nil
}

// fallThroughConnections is the promise of G11: falling through costs no
// connection, whatever the size of the refusals.
func fallThroughConnections(t *testing.T, weak weakness) error {
	a, conns := countingBackend(t, "a", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		w.Write(make([]byte, 20_000))
	})
	g := gateway(t, Config{}, a, backend(t, "b", answers(200, "")))
	g.weak = weak
	for range 50 {
		if got := g.get("/"); got.status != 200 {
			return fmt.Errorf("%+v", got)
		}
	}
	if n := conns.Load(); n > 2 {
		return errors.Join(errors.New("too many connections"), fmt.Errorf("%d for 50 refusals", n))
	}
	return nil
}
