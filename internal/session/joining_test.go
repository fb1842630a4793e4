package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"devgate/proxy"
	"devgate/supervisor"
	"devgate/supervisor/probe"
)

// asked are questions in virtual time: when each was put, and what was found.
type asked struct {
	mu    sync.Mutex
	began time.Time
	at    []time.Duration
	found func(n int) error
}

func (a *asked) ask(context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = append(a.at, time.Since(a.began))
	return a.found(len(a.at))
}

// Who speaks another protocol is asked seldom, who is silent a little more often,
// and a port on which nobody listens all the time.
func TestHowOftenAWorkerIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		found error
		want  []time.Duration
	}{
		"another protocol": {probe.ErrNotHTTP, []time.Duration{0, time.Minute, 3 * time.Minute, 7 * time.Minute, 15 * time.Minute, 31 * time.Minute, 63 * time.Minute}},
		"no answer":        {errors.New("none"), []time.Duration{0, 250 * time.Millisecond, 750 * time.Millisecond, 1750 * time.Millisecond, 3750 * time.Millisecond, 7750 * time.Millisecond, 15750 * time.Millisecond}},
		"nobody":           {probe.ErrNobody, []time.Duration{0, 5 * time.Millisecond, 15 * time.Millisecond, 35 * time.Millisecond, 75 * time.Millisecond, 155 * time.Millisecond, 315 * time.Millisecond}},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := asked{began: time.Now(), found: func(n int) error {
				if n == len(c.want) {
					return nil
				}
				return fmt.Errorf("port 1: %w", c.found)
			}}
			q := &questions{ask: a.ask}
			if err := q.until(t.Context(), func(error) bool { return true }); err != nil || !slices.Equal(a.at, c.want) {
				t.Errorf("%s: asked at %v, %v", name, a.at, err)
			}
		})
	}
	q := &questions{last: probe.ErrNotHTTP, slow: longest}
	if q.pause() != longest {
		t.Errorf("the pause grows without end: %v", q.slow)
	}
}

// An answer may take its time; who has begun to listen late, and says nothing, is told
// of as soon as who has done so before.
func TestHowLongAWorkerIsWaitedFor(t *testing.T) {
	for _, c := range []struct {
		later, told bool
		want        time.Duration
	}{{false, false, answering}, {true, false, undecided}, {true, true, answering}} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			q := &questions{later: c.later, told: c.told, ask: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
			if err := q.once(t.Context()); err == nil || time.Since(began) != c.want {
				t.Errorf("later %t, told %t: %v after %s", c.later, c.told, err, time.Since(began))
			}
		})
	}
}

const procfiled = `port = 3000
[web]
command = "web"
port = 4001
[api]
command = "api"
port = 4002
`

// joined is a service of a Procfile that is asked, in virtual time.
func joinedAfter(t *testing.T, guessed bool, found func(n int) error) (took time.Duration, c *current) {
	synctest.Test(t, func(t *testing.T) {
		p := loaded(t, procfiled)
		service := p.Service("web")
		service.JoinsWhenAnswering, service.PortGuessed = true, guessed
		c = newCurrent(newSetup(p, nil))
		var out said
		gateway := proxy.New(gatewayConfig(c.setup(), func(string, ...any) {}))
		one := &check{&checks{say: out.say, undeclared: &undeclared{say: out.say}, backends: &backends{gateway: gateway, current: c, say: out.say}}, service}
		a := asked{began: time.Now(), found: found}
		ctx, cancel := context.WithCancel(t.Context())
		var tasks sync.WaitGroup
		err := one.joinAs(ctx, supervisor.Process{Missing: func(error) {}, Beside: tasks.Go}, a.ask)
		took = time.Since(a.began)
		if err != nil {
			t.Error(err)
		}
		cancel()
		tasks.Wait()
	})
	return took, c
}

// A guess is waited for 3 s, a port that the line says for 30 s, and who speaks
// another protocol not at all.
func TestHowLongAnAnswerIsWaitedFor(t *testing.T) {
	never := func(int) error { return probe.ErrNobody }
	for _, c := range []struct {
		guessed bool
		found   func(int) error
		want    time.Duration
		joins   bool
	}{
		{true, never, 3 * time.Second, false},
		{false, never, 30 * time.Second, false},
		{false, func(int) error { return probe.ErrNotHTTP }, 0, false},
		{true, func(int) error { return nil }, 0, true},
		{true, func(n int) error { return map[bool]error{true: errors.New("silent")}[n < 4] }, 1750 * time.Millisecond, true},
	} {
		took, current := joinedAfter(t, c.guessed, c.found)
		if took != c.want || current.hasJoined("web") != c.joins {
			t.Errorf("guessed %v: %v, joins %v", c.guessed, took, current.hasJoined("web"))
		}
	}
}

// Who has joined does so for good with the same command, and must answer anew with
// another one.
func TestAnotherCommandMustAnswerAnew(t *testing.T) {
	p := loaded(t, procfiled)
	c := newCurrent(newSetup(p, nil))
	service := *p.Service("web")
	c.join(&service)
	if !c.hasJoined("web") || !c.hasAnswered(&service) || c.hasJoined("api") {
		t.Error("it has not joined")
	}
	service.Command = []string{"redis-server"}
	if !c.hasJoined("web") || c.hasAnswered(&service) {
		t.Error("another command counts as having answered")
	}
	c.leave("web")
	if c.hasJoined("web") {
		t.Error("it has not left")
	}
}
