package proxy

import (
	"net/http"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The decisions alone, without a connection, are R: for random chains and
// requests the same backend answers, with the same status, and nobody else is
// asked.
func TestDecisionsAreReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories.Draw(t, "history")
		var chain []*actor
		for i, r := range h.Roles {
			a := &actor{testBackend: &testBackend{Backend: Backend{Name: string(rune('a' + i))}}}
			a.assign(r)
			chain = append(chain, a)
		}
		for _, st := range h.Steps {
			if st.Event != "" {
				continue
			}
			want := reference(chain, st, -1, nil)
			place, status, asked := walkOnPaper(chain, st)
			if place != want.place || status != want.client.status || !slices.Equal(asked, want.asked) {
				t.Fatalf("%+v: %d says %d after %v, want %d, %d, %v", st, place, status, asked, want.place, want.client.status, want.asked)
			}
		}
	})
}

// walkOnPaper is a cascade of decisions. It returns whose answer is used, -1 for
// nobody's, its status, and who was asked.
func walkOnPaper(chain []*actor, st step) (place, status int, asked []int) {
	best, bestStatus, blamed := rankNone, 0, false
	for _, i := range inOrder(chain, st, -1) {
		asked = append(asked, i)
		s, status := chain[i].sign(st)
		switch decide(s, stance{final: chain[i].Final, upgrade: st.Upgrade}) {
		case use, fail:
			return i, status, asked
		}
		r := map[int]rank{404: rankMiss, 405: rankMethod}[status]
		if st.Upgrade {
			r = rankOfSocket(status)
		}
		if s == signSevered {
			blamed = true
		} else if r >= best {
			best, bestStatus = r, status
		}
	}
	switch end(false, best, blamed, false) {
	case endExplained:
		return -1, http.StatusNotFound, asked
	case endFault:
		return -1, http.StatusBadGateway, asked
	}
	return -1, bestStatus, asked
}

// sign is what the actor shows in a step, and the status of the client's answer
// when that is used.
func (a *actor) sign(st step) (sign, int) {
	s := a.script(st.Target, st.User)
	status := s.Status
	switch {
	case st.Upgrade:
		status = s.Upgrade
	case s.Dies == "head":
		return signSevered, http.StatusBadGateway
	}
	switch {
	case st.Upgrade && status == hangUp:
		return signSevered, http.StatusBadGateway
	case st.Upgrade && status == http.StatusOK && !slices.Contains(a.Fallthrough, status):
		return signPage, status
	case slices.Contains(a.Fallthrough, status):
		return signStatus, status
	case st.Upgrade && status == http.StatusSwitchingProtocols:
		return signSwitched, status
	case st.Upgrade && slices.Contains(refusesUpgrade, status):
		return signNoSocket, status
	}
	return signAnswer, status
}
