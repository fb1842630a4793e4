package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"

	"devgate/internal/input"
	"devgate/internal/project"
	"devgate/internal/routes"
	"devgate/internal/shared"
	"devgate/proxy"
)

// observed keeps who has answered which path, for devgate export. It outlives the
// session in the project's folder.
type observed struct {
	journal *routes.Journal
	path    string
	say     say
}

// observedPause is how long what is new may be in memory alone.
const observedPause = 200 * time.Millisecond

// newObserved takes up what earlier sessions of the project have seen.
func newObserved(p *project.Project, say say) *observed {
	o := &observed{path: routes.FileIn(p.Root), say: say}
	text, err := input.Read(context.Background(), o.path)
	if err != nil {
		text = nil // all of it can be seen again
	}
	o.journal, _ = routes.Decode(text) // likewise
	o.begin(p)
	return o
}

// begin forgets what other programs have answered than those of p.
func (o *observed) begin(p *project.Project) {
	services := map[string]string{}
	for _, s := range p.Services {
		if s.InCascade() {
			services[s.Name] = program(s)
		}
	}
	o.journal.Begin(services)
}

// program tells what answers for a service from other programs.
func program(s *project.Service) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{s.Dir, s.Service.Build.String(), s.Service.Command.String(), remoteOf(s)}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func remoteOf(s *project.Service) string {
	if s.Service.URL == nil {
		return ""
	}
	return s.Service.URL.String()
}

// take is called for each request, by whoever serves it.
func (o *observed) take(seen *proxy.Observation) {
	method := seen.Method
	if seen.Upgrade {
		method = routes.Upgrade
	}
	o.journal.Observe(&routes.Observation{
		Method: method, Path: seen.Path, Backend: seen.Backend, Strong: seen.Strong, Page: seen.Page,
		Refused: seen.Passed, Status: seen.Status, Type: seen.Type,
	})
}

// run writes down what is new until ctx ends, and then what is left.
func (o *observed) run(ctx context.Context) error {
	failed := false
	for {
		select {
		case <-ctx.Done():
			return o.last()
		case <-o.journal.Changed():
		}
		if err := o.write(); err != nil && !failed {
			failed = true // once: nothing stops because of it
			o.say("", fmt.Sprintf("what devgate export needs cannot be kept: %v", err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(observedPause):
		}
	}
}

func (o *observed) last() error {
	select {
	case <-o.journal.Changed():
		o.write() // whoever cannot was told
	default:
	}
	return nil
}

func (o *observed) write() error {
	text, err := o.journal.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(o.path+".new", text, 0o600); err != nil {
		return err
	}
	return shared.Rename(o.path+".new", o.path)
}
