package proxy

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is written of a message is read again, whatever bytes are in it.
func TestMessagesAreReadAsTheyWereWritten(t *testing.T) {
	name := rapid.StringMatching(`[A-Z][a-z]{0,5}(-[A-Z][a-z]{0,5})?`)
	header := rapid.MapOf(name, rapid.SliceOfN(rapid.String(), 1, 3))
	rapid.Check(t, func(t *rapid.T) {
		var all []Message
		w := &detailWriter{}
		for range rapid.IntRange(1, 4).Draw(t, "messages") {
			m := Message{Size: rapid.Int64Range(-1, 1<<40).Draw(t, "size")}
			if body := rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "body"); len(body) > 0 {
				m.Body = body
			}
			if m.Whole = rapid.Bool().Draw(t, "whole"); m.Whole {
				m.Size = int64(len(m.Body))
			}
			if rapid.Bool().Draw(t, "has a header") {
				m.Header = header.Draw(t, "header")
			}
			if rapid.Bool().Draw(t, "has a trailer") {
				m.Trailer = header.Draw(t, "trailer")
			}
			w.message(&m)
			all = append(all, m)
		}
		r := detailReader{w.b}
		for i, want := range all {
			if got := r.message(); !reflect.DeepEqual(got, want) {
				t.Fatalf("number %d: got %+v, want %+v", i, got, want)
			}
		}
		if len(r.b) > 0 {
			t.Fatalf("%d bytes are left", len(r.b))
		}
	})
}

// What is too long is left out, and the rest can be read.
func TestWhatIsTooLongIsLeftOut(t *testing.T) {
	long := strings.Repeat("x", MessageMax+1)
	w := &detailWriter{}
	for _, m := range []Message{
		{Header: http.Header{"A": {long}, "B": {"1"}}, Body: []byte(long), Size: int64(len(long)), Whole: true},
		{Header: http.Header{long: {"1"}}, Size: -1},
		{Header: http.Header{"A": {"1"}}, Trailer: http.Header{"T": {long}}, Body: []byte("b"), Size: 1, Whole: true},
	} {
		w.message(&m)
	}
	r := detailReader{w.b}
	if m := r.message(); m.Header != nil || len(m.Body) != MessageMax || m.Size != int64(len(long)) || m.Whole {
		t.Errorf("a long body: %d bytes of %d, whole %v, header %v", len(m.Body), m.Size, m.Whole, len(m.Header))
	}
	if m := r.message(); m.Header != nil || m.Size != -1 {
		t.Errorf("a long name: %d, size %d", len(m.Header), m.Size)
	}
	if m := r.message(); !reflect.DeepEqual(m, Message{Header: http.Header{"A": {"1"}}, Body: []byte("b"), Size: 1, Whole: true}) {
		t.Errorf("a long trailer: %+v", m)
	}
	// Of very many answers the last are left out.
	w = &detailWriter{}
	for range 30 {
		w.message(&Message{Header: http.Header{"A": {long[:MessageMax/2]}}, Body: []byte(long[:MessageMax]), Size: MessageMax, Whole: true})
	}
	if len(w.b) > detailMax+1000 {
		t.Errorf("%d bytes are written", len(w.b))
	}
	r = detailReader{w.b}
	for i := range 30 {
		if m := r.message(); m.Size != MessageMax || m.Whole != (len(m.Body) == MessageMax) || i == 0 && !m.Whole || i == 29 && m.Whole {
			t.Errorf("number %d: %d bytes, whole %v", i, len(m.Body), m.Whole)
		}
	}
}
