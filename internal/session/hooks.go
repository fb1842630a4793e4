package session

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"devgate/internal/event"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/procfile"
	"devgate/proxy"
)

const (
	tailLines = 20 // of a failed service's output
	// portPatience is how long a start waits for its port before it says who has
	// it, and portLimit how long in all.
	portPatience = 3 * time.Second
	portLimit    = 15 * time.Second
)

// hooks is the hooks of one service.
type hooks struct {
	session *session
	service *project.Service
	opened  atomic.Pointer[time.Time] // when the last child's output began
}

// wire makes the hooks of a service, or of one process of it.
func (s *session) wire(service *project.Service) *hooks {
	w := &hooks{session: s, service: service}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks[service.Name] = w
	return w
}

func (w *hooks) output(stream string) io.WriteCloser {
	now := time.Now()
	w.opened.Store(&now)
	return w.session.printer.Stream(w.service.Name, stream)
}

func (w *hooks) lastOutput() string {
	if tail := w.session.printer.Tail(w.service.Name, 1); len(tail) == 1 {
		return tail[0].Text
	}
	return ""
}

// release waits until the service's port is free, and says who has it. Where
// processes overlap, devgate itself has the service's port from then on.
func (w *hooks) release(ctx context.Context, say func(string)) error {
	if w.service.PortGuessed && !w.session.joined(w.service.Name) {
		return nil // nobody knows yet that the port is its own
	}
	if w.service.RestartStyle != procfile.RestartOverlap {
		w.session.relays.close(w.service.Name)
		return waitFree(ctx, w.service.Port, say)
	}
	if public := w.session.project().Service(w.service.Name); public != nil && !w.session.relays.isOpen(public.Name) {
		if err := waitFree(ctx, public.Port, say); err != nil {
			return err
		}
		if err := w.session.relays.open(public.Name, public.Port, w.session.hold); err != nil {
			return err
		}
	}
	return waitFree(ctx, w.service.Port, say)
}

func waitFree(ctx context.Context, number int, say func(string)) error {
	patience, cancel := context.WithTimeout(ctx, portPatience)
	defer cancel()
	err := port.WaitFree(patience, number)
	if err == nil || ctx.Err() != nil {
		return err
	}
	say(err.Error() + "; waiting for it")
	limit, cancel := context.WithTimeout(ctx, portLimit-portPatience)
	defer cancel()
	return port.WaitFree(limit, number)
}

// observe tells the gateway, before anything that a state leads to happens.
func (w *hooks) observe(e event.Service) {
	s := w.session
	s.relays.follow(e)
	if !w.service.InCascade() || w.service.JoinsWhenListening && e.State == event.Ready && !s.joined(e.Name) {
		return
	}
	s.gateway.SetState(e.Name, s.gatewayState(e))
}

// gatewayState says what to do with requests for a backend in a state.
func (s *session) gatewayState(e event.Service) proxy.State {
	reason := e.State.String()
	if e.Reason != "" {
		reason += ": " + e.Reason
	}
	switch {
	case e.State == event.Ready:
		return proxy.State{Phase: proxy.Ready, Port: e.Port}
	case e.State == event.Stopping && e.Returning:
		return proxy.State{Phase: proxy.Waiting, Reason: "restarting"}
	case e.State == event.Stopping || e.State.Settled():
		return proxy.State{Phase: proxy.Down, Reason: reason, Log: s.tail(e.Name)}
	}
	return proxy.State{Phase: proxy.Waiting, Reason: reason, Log: s.tail(e.Name)}
}

// clip shortens a line that is shown as an example.
func clip(text string) string {
	const most = 500 // bytes
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// tail is the end of what the service's last process has printed.
func (s *session) tail(name string) []string {
	var all []string
	s.mu.Lock()
	w := s.hooks[name]
	s.mu.Unlock()
	if w == nil {
		return nil
	}
	opened := w.opened.Load()
	for _, line := range s.printer.Tail(name, tailLines) {
		if opened != nil && !line.At.Before(*opened) {
			all = append(all, clip(line.Text))
		}
	}
	return all
}
