package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// heldWorth is how long a request must have been held for it to be an explanation.
const heldWorth = time.Millisecond

// conclude says in a sentence what follows from who said what, for whoever asked why.
func (a *answering) conclude(near []NearMiss) string {
	text := a.followed()
	switch {
	case len(near) == 0:
	case near[0].Difference == byID.String():
		text = fmt.Sprintf("no backend has this id; its route has been answered: %s", near[0])
	default:
		text += "; closest seen: " + near[0].String()
	}
	for i := range a.trace.attempts {
		if t := &a.trace.attempts[i]; t.held >= heldWorth {
			text += fmt.Sprintf("; held %s for %s", t.held.Round(heldPrecision(t.held)), t.backend)
			if t.waited != "" {
				text += " (" + t.waited + ")"
			}
		}
	}
	return text
}

// followed is what came of the request, and why.
func (a *answering) followed() string {
	t := a.trace.of(a.trace.backend)
	switch {
	case a.trace.status == 0:
		return "there was no answer before the client left"
	case a.told != nil && a.told.word != wordUnanswered:
		return strings.TrimSuffix(a.told.title+": "+a.told.explained(), ": ")
	case a.told != nil && len(a.trace.attempts) == 0:
		return "no backend is asked for this path"
	case a.told != nil, a.nobody && a.trace.status == http.StatusNotFound:
		return a.nobodyHas()
	case t != nil && t.note == noteUsedAnyway:
		return t.backend + " answers unknown paths with its page, and no other backend has this route"
	case a.nobody && a.trace.backend == staticName:
		return "a file of the static folder"
	case a.nobody && a.trace.status == http.StatusMethodNotAllowed:
		return fmt.Sprintf("%s has this route, but not for %s (405)", a.trace.backend, a.r.Method)
	case a.nobody:
		return fmt.Sprintf("every backend refused it; the answer is that of %s (%d)", a.trace.backend, a.trace.status)
	case a.trace.status == http.StatusNotFound:
		return a.trace.backend + " answered 404, and nobody is asked after it"
	}
	return a.answered()
}

func (a *answering) nobodyHas() string {
	absent := a.absent()
	switch {
	case a.req.Upgrade != "":
		return "no backend takes an upgrade at this path"
	case len(absent) > 0:
		return "no backend that runs has this route; not started: " + strings.Join(absent, ", ")
	case len(a.route.chain.candidates) > len(a.trace.attempts):
		return "no backend that is asked for this path has this route"
	}
	return "no backend has this route"
}

// absent are the backends that would have been asked, and are not started.
func (a *answering) absent() (names []string) {
	for _, c := range a.route.chain.candidates {
		if a.trace.of(c.Name) == nil && c.up.look().Phase == Absent && c.matches(rawPath(a.req.Target)) {
			names = append(names, c.Name)
		}
	}
	return names
}

// answered is whose answer it is, and what became of those before.
func (a *answering) answered() string {
	text := fmt.Sprintf("%s answered %d", a.trace.backend, a.trace.status)
	if a.html {
		text = fmt.Sprintf("%s answered with a page (%d)", a.trace.backend, a.trace.status)
	}
	if refused := a.refused(); len(refused) > 0 {
		text += ", after " + strings.Join(refused, " and ")
	}
	for i := range a.trace.attempts {
		if t := &a.trace.attempts[i]; t.note == noteUnknownPath && t.backend != a.trace.backend {
			text += "; " + t.backend + " has only its page for unknown paths, which gave way"
		}
	}
	return text
}

// refused are the backends that passed the request on, with what they said: "api answered 404".
func (a *answering) refused() (all []string) {
	for i := range a.trace.attempts {
		if t := &a.trace.attempts[i]; t.note == noteRefused && t.backend != a.trace.backend {
			all = append(all, fmt.Sprintf("%s answered %d", t.backend, t.status))
		}
	}
	return all
}

// missed are the near misses of a request that nobody has, or that only a page answered.
func (a *answering) missed() []NearMiss {
	t := a.trace.of(a.trace.backend)
	isPage := a.html && (len(a.refused()) > 0 || t != nil && t.note == noteUsedAnyway)
	isNobodys := a.nobody && (a.told != nil || a.trace.status == http.StatusNotFound || a.trace.status == http.StatusMethodNotAllowed)
	if a.req == nil || !isPage && !isNobodys {
		return nil
	}
	return a.closest()
}
