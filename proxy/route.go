package proxy

import "slices"

// route is who is to be asked for one request, in order, by which configuration.
// The goroutine that serves the request owns it.
type route struct {
	chain      *chain
	candidates []*candidate
	sole       bool       // one backend alone is asked: its answer is the end
	only       *candidate // the one that is, whatever the host and its paths; nil: they decide

	room [6]*candidate // of candidates, for chains of usual length
}

// choose decides who is asked for a target at a host.
func (rt *route) choose(host, target string) {
	c := rt.only
	if c == nil {
		c = rt.chain.backendOf(host)
	}
	if c != nil {
		rt.candidates, rt.sole = append(rt.room[:0], c), true
		return
	}
	rt.candidates = rt.chain.forPath(rt.room[:0], rawPath(target))
}

// chooseAnew puts the candidates of ch, the newest configuration, in the place
// of those from the nth on, as one that was to be asked is no longer configured.
// Nobody is asked twice.
func (rt *route) chooseAnew(ch *chain, host, target string, n int) {
	asked := slices.Clone(rt.candidates[:n])
	rt.chain, rt.sole = ch, rt.only != nil
	if rt.only != nil {
		// Somebody else was not meant, and one of its name may be somebody else.
		rt.candidates = asked
		return
	}
	rt.choose(host, target)
	for _, c := range rt.candidates {
		if !slices.ContainsFunc(asked, func(a *candidate) bool { return a.up == c.up }) {
			asked = append(asked, c)
		}
	}
	rt.candidates = asked
}

// last reports whether no backend can be asked after candidate i.
func (rt *route) last(i int) bool { return i == len(rt.candidates)-1 }

// leaveOutH2C leaves out who can not switch protocols.
func (rt *route) leaveOutH2C() {
	rt.candidates = slices.DeleteFunc(rt.candidates, func(c *candidate) bool { return c.H2C })
}

// putFirst moves the candidate of that name to the front; others keep their order.
func (rt *route) putFirst(name string) {
	i := slices.IndexFunc(rt.candidates, func(c *candidate) bool { return c.Name == name })
	if i > 0 {
		c := rt.candidates[i]
		copy(rt.candidates[1:i+1], rt.candidates[:i])
		rt.candidates[0] = c
	}
}
