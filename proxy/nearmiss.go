package proxy

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// nearMissesMax is how many are told: more are no hint.
const nearMissesMax = 3

// NearMisses returns what was answered in this run and is close to a request, the
// closest first, three at most and never the request itself. target may have a query, which
// does not count. Remembered are the last 512 routes or so; of those that differ only
// in what looks like an id, one.
func (g *Gateway) NearMisses(method, target string) []NearMiss {
	return g.nearMisses(method, rawPath(target), "")
}

// nearMisses are those of one backend, or of all that are configured for only = "".
func (g *Gateway) nearMisses(method, path, only string) []NearMiss {
	type ranked struct {
		closeness
		*seenRoute
	}
	ch := g.chain.Load()
	asked := segmentsOf(path)
	var found []ranked
	for _, s := range g.seen.all() {
		near := asked.compare(method, s)
		if near == far || only != "" && s.backend != only || s.backend != staticName && ch.find(s.backend) == nil {
			continue
		}
		found = append(found, ranked{near, s})
	}
	slices.SortFunc(found, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.closeness, b.closeness), strings.Compare(a.path, b.path), strings.Compare(a.method, b.method))
	})
	var list []NearMiss
	for _, one := range found[:min(len(found), nearMissesMax)] {
		list = append(list, NearMiss{one.method, one.path, one.backend, one.status, one.closeness.String()})
	}
	return list
}

// witness remembers that a backend, or the static folder, has answered. What a browser
// asks for by itself is left out: the hundreds of modules of a front end would leave no room
// for routes. So is what says nothing of the path: preflights, and the page for unknown paths.
func (a *answering) witness(status int, backend string, header http.Header) {
	if status < 200 || status >= 400 || a.unread || a.route.sole || a.req.Upgrade != "" || a.r.Method == http.MethodOptions {
		return
	}
	path, seen := rawPath(a.req.Target), &a.g.seen
	if seen.knows(a.r.Method, path, backend) || isAsset(a.r) {
		return
	}
	if t := a.trace.of(backend); t != nil && t.note == noteUsedAnyway {
		return
	}
	seen.add(&seenRoute{method: a.r.Method, path: path, backend: backend, status: status, page: isHTML(header)})
}

// near is what an answer tells that says that nobody has the request's path.
func (a *answering) near(f *fault) []NearMiss {
	if f.word != wordUnanswered || a.req == nil {
		return nil
	}
	return a.closest()
}

// closest are the near misses among those who could have been asked.
func (a *answering) closest() []NearMiss {
	if a.route.sole {
		return a.g.nearMisses(a.r.Method, rawPath(a.req.Target), a.route.candidates[0].Name)
	}
	return a.g.NearMisses(a.r.Method, a.req.Target)
}
