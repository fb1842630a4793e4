package proxy

import (
	"slices"
)

// verdictOfR is reference semantics R, in memory, for one request.
type verdictOfR struct {
	client transcript
	logs   [][]string // what each backend sees
	place  int        // who answers among those asked; -1: nobody
	asked  []int      // in order
	clean  bool       // all before it refused
}

// reference works out what R does with a step.
func reference(chain []*actor, st step, first int, body []byte) verdictOfR {
	v := verdictOfR{logs: make([][]string, len(chain)), place: -1, clean: true}
	bestRank := -1
	for _, i := range inOrder(chain, st, first) {
		a, s := chain[i], chain[i].script(st.Target, st.User)
		v.asked = append(v.asked, i)
		v.logs[i] = []string{st.Method + " " + st.Target}
		if (s.Reads == "all" || s.Reads == "late") && !st.Upgrade {
			v.logs[i][0] += " " + hash(string(body))
			if st.Chunked {
				v.logs[i][0] += st.Method // the trailer
			}
		}
		got, status := s.reading(a.Name, st.Method), s.Status
		if st.Upgrade && s.Upgrade == hangUp {
			if a.Final {
				v.client, v.place = transcript{status: 502}, i
				return v
			}
			if bestRank < 0 {
				v.client = transcript{status: 502} // unless somebody says more
			}
			continue
		}
		if st.Upgrade {
			got, status = transcript{status: s.Upgrade, cookie: "who=" + a.Name, body: "no"}, s.Upgrade
		} else if s.Dies == "head" {
			v.client, v.place = transcript{status: 502}, i
			v.clean = false
			return v
		}
		if a.Final || !slices.Contains(a.Fallthrough, status) && !(st.Upgrade && refusesSocketOfR(status)) {
			v.client, v.place = got, i
			return v
		}
		if rank := rankOfR(st, status); rank >= bestRank {
			v.client, bestRank = got, rank
		}
	}
	if bestRank < 0 && v.client.status == 0 {
		v.client = transcript{status: 404}
	}
	return v
}

// refusesSocketOfR: of what is said to an upgrade, everything but a switch and an
// answer of its own, such as a redirect.
func refusesSocketOfR(status int) bool {
	switch status {
	case 200, 400, 403, 404, 405, 426, 501:
		return true
	}
	return false
}

// rankOfR is how much a refused answer says.
func rankOfR(st step, status int) int {
	if st.Upgrade {
		return 1 + slices.Index([]int{200, 501, 404, 400, 426, 405, 403}, status)
	}
	return map[int]int{404: 1, 405: 2}[status]
}

// inOrder lists who may be asked: up to the first final one, and the one that
// is known to be right for an upgrade in front.
func inOrder(chain []*actor, st step, first int) []int {
	var order []int
	for i, a := range chain {
		if a.Paths != nil && !slices.ContainsFunc(a.Paths, func(p string) bool { return compilePattern(p).match(rawPath(st.Target)) }) {
			continue
		}
		order = append(order, i)
		if a.Final {
			break
		}
	}
	if at := slices.Index(order, first); at > 0 {
		order = append([]int{first}, slices.Delete(order, at, at+1)...)
	}
	return order
}
