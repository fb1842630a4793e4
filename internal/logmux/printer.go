package logmux

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// A Format is the form in which lines are written to Config.Out.
type Format int

const (
	// Text is a prefix and the line, for people.
	Text Format = iota
	// JSON is one object per line, for programs; see Line.AppendJSON.
	JSON
)

const (
	defaultKeep = 10_000
	// closePatience is how long Close waits for an output that is not read.
	closePatience = 3 * time.Second
)

// A Config says what a Printer does with lines. The zero value of each field but
// Out is useful.
type Config struct {
	// Out gets whole lines, in one Write as many as there are at the moment. It
	// is written to by one goroutine. Required.
	Out io.Writer
	// Format is that of Out.
	Format Format
	// Color lets colours through to Out: those of prefixes and those the services
	// print. Otherwise, and in JSON, Out gets no escape sequence at all.
	Color bool
	// Timestamps puts the local time, 15:04:05.000, in front of text lines.
	Timestamps bool
	// Dir is the folder for raw files, NAME.log and, from 10 MB on, NAME.log.1.
	// It is made when needed. Empty: no raw files.
	Dir string
	// Services are the names that prefixes are aligned to. Their order decides the
	// colours.
	Services []string
	// Keep is how many lines of a service are remembered, within 1 MiB of text.
	// Zero: 10,000.
	Keep int
	// OnHidden is called each time that lines were not written to Out because of Show.
	// It runs on the goroutine of whoever printed them, and may not wait. Nil: nothing is
	// called.
	OnHidden func()
	// OnClosed is called once, with the error, when Out cannot be written any more
	// (the reader of a pipe has gone). Lines still go to raw files and memory
	// then, and writers are not held up. It runs on the goroutine of the output:
	// it must not call Close, which waits for that one. Nil: nothing is called.
	OnClosed func(error)
}

// A Printer is the meeting point of all streams. Its methods may be called by
// several goroutines at once.
type Printer struct {
	out    *output
	memory *memory
	dir    string

	mu       sync.Mutex
	services map[string]*service
	width    int // of the names in prefixes
	streams  map[*stream]struct{}
	closed   bool

	close    func() error   // shutdown, once
	patience time.Duration  // of Close
	timers   sync.WaitGroup // prompts that are due
	rawOnce  sync.Once      // the trouble with raw files has been told
}

// A service is what the streams of one service share.
type service struct {
	name  string
	index int // in the order of first mention
	ring  *ring
	raw   *rawFile
	label label // owned by the output: read and written under its lock
}

// New returns a Printer that writes to cfg.Out. Close must be called.
func New(cfg Config) *Printer {
	if cfg.Keep <= 0 {
		cfg.Keep = defaultKeep
	}
	p := &Printer{
		out:      newOutput(cfg),
		memory:   newMemory(cfg.Keep),
		dir:      cfg.Dir,
		services: map[string]*service{},
		streams:  map[*stream]struct{}{},
		patience: closePatience,
	}
	p.services[Devgate] = &service{
		name:  Devgate,
		ring:  p.memory.ring(Devgate),
		raw:   newRawFile("", Devgate),
		label: devgateLabel(p.out.colours),
	}
	p.close = sync.OnceValue(p.shutdown)
	p.SetServices(cfg.Services)
	return p
}

// SetServices aligns the prefixes to other names from now on, as after a changed
// Devgatefile. A service keeps its colour; new ones get the next. What Show was given
// and is no service any more is forgotten.
func (p *Printer) SetServices(names []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.width = 0
	for _, name := range names {
		p.width = max(p.width, len(name))
	}
	for _, name := range names {
		p.service(name)
	}
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	p.out.filter.prune(names)
	for _, svc := range p.services {
		if svc.name != Devgate {
			svc.label = newLabel(svc.name, p.width, svc.index, p.out.colours)
		}
	}
}

// service returns the service with the name, "" being devgate. The lock is held.
func (p *Printer) service(name string) *service {
	if name == "" {
		name = Devgate
	}
	if svc := p.services[name]; svc != nil {
		return svc
	}
	// The colour is that of the place, so the first ten services have ten colours.
	index := len(p.services) - 1 // devgate has no place in the order
	svc := &service{
		name:  name,
		index: index,
		ring:  p.memory.ring(name),
		raw:   newRawFile(p.dir, name),
		label: newLabel(name, p.width, index, p.out.colours),
	}
	p.services[name] = svc
	return svc
}

func (p *Printer) lookup(name string) *service {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.service(name)
}

// Stream returns a writer for the bytes of one stream, Stdout or Stderr, of one
// run of a service. Its Write waits while the output is not read; it takes all
// bytes and fails only after Close. Its Close shows the unfinished last line.
func (p *Printer) Stream(service, name string) io.WriteCloser {
	return p.MatchedStream(service, name, nil)
}

// MatchedStream is Stream with a matcher that looks at each of its lines before
// anybody else does. Nil: none.
func (p *Printer) MatchedStream(service, name string, m *Matcher) io.WriteCloser {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &stream{p: p, svc: p.service(service), from: sourceOf(name), match: lineMatcher{m: m}, closed: p.closed}
	if !p.closed {
		p.streams[s] = struct{}{}
	}
	return s
}

// Devgate prints what devgate has to say about a service, or, where service is
// empty, about everything. Each line of text is a line of its own; they are kept
// together. It does not wait for the output.
func (p *Printer) Devgate(service, text string) {
	var c cleaner
	c.feed([]byte(text))
	c.finish()
	b := batch{p.lookup(service), fromDevgate, time.Now(), c.text, c.pieces}
	p.memory.add(b.svc.ring, b.from, b.at, b.text, b.pieces)
	p.out.addNow(b)
}

// Print prints a line that another Printer has remembered, with its time, and
// waits for the output where need be. It goes neither to memory nor to a file.
func (p *Printer) Print(l Line) {
	text := l.Styled
	if text == "" {
		text = l.Text
	}
	from := sourceOf(l.Stream)
	if l.Stream == Devgate {
		from = fromDevgate
	}
	only := piece{end: len(text), continued: l.Continued, styled: text != l.Text}
	p.out.add(batch{p.lookup(l.Service), from, l.At, []byte(text), []piece{only}})
}

// rawFailed says once what is wrong with raw files.
func (p *Printer) rawFailed(err error) {
	p.rawOnce.Do(func() {
		p.Devgate("", fmt.Sprintf("cannot write log files: %v (output is still shown; the files may have gaps)", err))
	})
}

// Hurry is for the way down: from now on, an output that takes nothing for three
// seconds is given up, and nobody waits for it any more. Lines still go to raw
// files and memory.
func (p *Printer) Hurry() { p.out.hurry(p.patience) }

// Close shows the unfinished lines of all streams, writes out everything, ends
// followers, closes files and waits for the goroutines of the Printer. It returns
// the error of Config.Out, if any. An output that takes nothing for three seconds
// is given up, with an error. Closing again returns the same.
func (p *Printer) Close() error { return p.close() }

func (p *Printer) shutdown() error {
	// The one limit of all that follows: streams that are closed may have to wait for
	// room.
	defer time.AfterFunc(p.patience, p.out.giveUp).Stop()
	// Outside of the lock: a stream forgets itself when it is closed.
	for _, s := range p.shut() {
		s.Close()
	}
	// A timer that has fired writes through its stream, after Close shows nothing.
	p.timers.Wait()
	p.memory.close()
	p.out.finish()
	errs := []error{p.out.wait()}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, svc := range p.services {
		errs = append(errs, svc.raw.close())
	}
	return errors.Join(errs...)
}

// shut lets no further streams in and returns those that are open.
func (p *Printer) shut() []*stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var open []*stream
	for s := range p.streams {
		open = append(open, s)
	}
	return open
}

func (p *Printer) forget(s *stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.streams, s)
}
