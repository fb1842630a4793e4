package proxy

import "time"

// outcome is what came of asking a candidate.
type outcome struct {
	verdict verdict
	reply   *reply // with use, refuse and hold
	fault   *fault // with fail and putBy
	skipped string // with passBy and chooseAnew: why
	held    time.Duration
	waited  string        // what it was held for
	took    time.Duration // from the beginning to the head of the answer, or to the end
}

// note writes the outcome down.
// An attempt has a status or a word: a reply first, as one may have been got before the
// fault.
func (out *outcome) note(t *attempt) {
	t.held, t.waited, t.took = out.held, out.waited, out.took
	switch {
	case out.reply != nil:
		t.status = out.reply.resp.Status
	case out.fault != nil:
		t.word = out.fault.noted()
	default:
		t.word = out.skipped
	}
	switch out.verdict {
	case putBy:
		t.note = noteRefused
	case refuse:
		t.note = noteRefused
	case hold:
		t.note = noteUnknownPath
	}
}
