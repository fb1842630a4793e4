package detect

import (
	"devgate/internal/detect/found"
	"devgate/internal/detect/tool"
)

// upstream is where a row of a reverse proxy leads.
type upstream struct {
	host string
	port int
}

// addUpstream adds a row that leads to a service of the project, or to a port of
// this machine; others are not devgate's matter.
func (r *reader) addUpstream(file string, form found.PatternForm, p string, to upstream, rewrite bool) {
	t := found.Target{Host: to.host, To: r.byHost(to.host)}
	if tool.IsLocal(to.host) {
		t = found.Target{Port: to.port}
	} else if t.To == nil { // a host of the internet, or a service that is not started here
		return
	}
	r.found.AddRoute(found.Route{File: file, Form: form, Path: p, Target: t, Rewrite: rewrite})
}

// byHost finds the service that a name among containers stands for; nil if none.
func (r *reader) byHost(host string) *found.Service {
	// A name among containers is one of their network; outside of it the service of the
	// same folder stands for it.
	for _, c := range r.compose {
		if s := c.service(host); s != nil {
			if made := r.serviceOf(s); made != nil {
				return made.Service
			}
		}
	}
	if made := r.called(host); made != nil {
		return made.Service
	}
	return nil
}
