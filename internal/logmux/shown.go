package logmux

import "slices"

// A filter says whose lines are written to Config.Out. It belongs to the output and
// is used under its lock.
type filter struct {
	names    []string // of the services that are shown; none: all are
	hidden   int      // lines that were not written since names were set
	onHidden func()
}

// hides reports whether the lines of b are not to be written, and counts them. What
// devgate says is always shown: nobody who looks at one service is to miss that
// another has failed.
func (f *filter) hides(b batch) bool {
	if len(f.names) == 0 || b.from == fromDevgate || slices.Contains(f.names, b.svc.name) {
		return false
	}
	f.hidden += len(b.pieces)
	return true
}

// tell says that lines were hidden, without the output's lock.
func (f *filter) tell() {
	if f.onHidden != nil {
		f.onHidden()
	}
}

// Show writes, from now on, what these services print and what devgate says, and
// nothing else; without names everything, as in the beginning. Raw files and memory
// get all of it in either case.
func (p *Printer) Show(names ...string) {
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	p.out.filter.names, p.out.filter.hidden = slices.Clone(names), 0
}

// Shown are the services whose lines are written, and how many lines of others were
// not since that was asked for. No names: all are.
func (p *Printer) Shown() (names []string, hidden int) {
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	return slices.Clone(p.out.filter.names), p.out.filter.hidden
}

// prune forgets names that no service has any more. Where none is left, everything is
// shown: an empty log would tell nobody why. The lock is held.
func (f *filter) prune(services []string) {
	f.names = slices.DeleteFunc(f.names, func(name string) bool { return !slices.Contains(services, name) })
}
