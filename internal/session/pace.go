package session

import (
	"slices"
	"sync"
	"time"

	"devgate/internal/event"
)

// paceMax is how many of the last times count: what is usual changes with a project.
const paceMax = 5

// pace is how long services take to get ready.
type pace struct {
	mu   sync.Mutex
	last map[string]time.Time                       // by service: when it became ready for the last time
	took map[string]map[event.State][]time.Duration // by service and state, the oldest first
}

// note takes in that a service is ready. It may be told more than once.
func (p *pace) note(e event.Service) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last[e.Name].Equal(e.Since) {
		return
	}
	if p.last == nil {
		p.last, p.took = map[string]time.Time{}, map[string]map[event.State][]time.Duration{}
	}
	if p.took[e.Name] == nil {
		p.took[e.Name] = map[event.State][]time.Duration{}
	}
	p.last[e.Name] = e.Since
	for state, d := range map[event.State]time.Duration{event.Building: e.BuiltIn, event.Starting: e.ReadyIn} {
		if all := p.took[e.Name][state]; d > 0 {
			p.took[e.Name][state] = append(all[max(0, len(all)+1-paceMax):], d)
		}
	}
}

// usual is the median of the last times that a service was in a state; 0 where there
// was none.
func (p *pace) usual(service string, state event.State) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := slices.Sorted(slices.Values(p.took[service][state]))
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}
