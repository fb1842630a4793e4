package mcp

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"devgate/internal/control"
)

// Detail is what went over the wire for one request.
type Detail struct {
	Request Message   `json:"request" jsonschema:"what the client sent"`
	Answer  Message   `json:"answer" jsonschema:"what the client got"`
	Answers []Message `json:"answers" jsonschema:"what each backend of the cascade said, in its order"`
}

// Message is a request or an answer.
type Message struct {
	Headers map[string][]string `json:"headers" jsonschema:"values of secrets are redacted"`
	Body    string              `json:"body" jsonschema:"its beginning, where it is text"`
	Note    string              `json:"note" jsonschema:"why body is not the whole body; empty when it is"`
}

func detailOf(d control.Detail) Detail {
	all := Detail{Request: messageOf(d.Request), Answer: messageOf(d.Answer), Answers: []Message{}}
	for _, answer := range d.Answers {
		all.Answers = append(all.Answers, messageOf(answer))
	}
	return all
}

func messageOf(m control.Message) Message {
	shown := Message{Headers: map[string][]string{}}
	maps.Copy(shown.Headers, m.Header)
	shown.Body, shown.Note = bodyOf(m)
	return shown
}

// bodyOf is what a model can read of a body, and why it is not all of it.
func bodyOf(m control.Message) (text, note string) {
	coding, kept := m.Header.Get("Content-Encoding"), string(m.Body)
	if !m.Kept {
		kept = whole(kept) // its end may have cut a character in two
	}
	switch {
	case m.Size == 0:
		return "", ""
	case kept == "":
		return "", fmt.Sprintf("the body was not kept (%s)", sizeText(m.Size))
	case coding != "" && coding != "identity":
		return "", fmt.Sprintf("compressed (%s, %s); send the request with Accept-Encoding: identity to read it", coding, sizeText(m.Size))
	case !utf8.ValidString(kept):
		return "", fmt.Sprintf("not text (%s)", sizeText(m.Size))
	}
	text = whole(kept[:min(len(kept), bodyMax)])
	if m.Kept && len(text) == len(kept) {
		return text, ""
	}
	return text, fmt.Sprintf("the first %d bytes (%s)", len(text), sizeText(m.Size))
}

func sizeText(size int64) string {
	if size < 0 {
		return "of unknown size"
	}
	return fmt.Sprintf("of %d bytes", size)
}

// text is what the client sent and got; what backends said that were refused is in
// the data.
func (d Detail) text() string {
	return "\nrequest\n" + d.Request.text() + "\nanswer\n" + d.Answer.text()
}

// repeating are headers that say again what the cascade says. They are in the data.
var repeating = []string{"Server-Timing", "X-Devgate-Backend", "X-Devgate-Tried"}

func (m Message) text() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		if slices.Contains(repeating, name) {
			continue
		}
		for _, value := range m.Headers[name] {
			fmt.Fprintf(&b, "  %s: %s\n", name, value)
		}
	}
	if body := cmp.Or(m.Body, m.Note); body != "" {
		fmt.Fprintf(&b, "\n%s\n", body)
	}
	if m.Body != "" && m.Note != "" {
		fmt.Fprintf(&b, "[%s]\n", m.Note)
	}
	return cmp.Or(b.String(), "  (neither headers nor a body)\n")
}
