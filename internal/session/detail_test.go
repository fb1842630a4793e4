package session

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"devgate/internal/control"
	"devgate/internal/logmux"
	"devgate/proxy"
)

// inspected is an inspector of a gateway before one backend, which has answered one
// request: an upload with a cookie.
func inspected(t *testing.T, body string) *inspector {
	t.Helper()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ := io.ReadAll(r.Body)
		w.Header().Set("Set-Cookie", "session=hunter2; HttpOnly")
		w.WriteHeader(http.StatusConflict)
		w.Write(append([]byte(r.Header.Get("Cookie")+" "), got[:min(len(got), 5)]...))
	}))
	t.Cleanup(backend.Close)
	at, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(at.Port())
	g := proxy.New(proxy.Config{Keep: true, Backends: []proxy.Backend{{Name: "api", Port: port}}})
	g.SetState("api", proxy.State{Phase: proxy.Ready})
	_, err = g.Explain(t.Context(), "POST", "/upload", http.Header{"Cookie": {"session=hunter2"}, "Host": {"localhost"}}, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	printed := func(context.Context, logmux.Query) iter.Seq[[]logmux.Line] { return func(func([]logmux.Line) bool) {} }
	return &inspector{gateway: g, backends: func() []string { return []string{"api", "web"} }, logs: printed}
}

// D2: what is shown of a request has no secrets in it unless they are asked for, and
// what is sent again has.
func TestARequestIsShownWithoutItsSecretsAndSentAgainWithThem(t *testing.T) {
	i := inspected(t, "hello")
	d, err := i.Detail(1, false)
	if err != nil || d.ID != 1 || d.Path != "/upload" || d.Host != "localhost" || string(d.Request.Body) != "hello" || !d.Request.Kept || d.Request.Size != 5 {
		t.Errorf("%+v, %v", d, err)
	}
	if got := d.Request.Header.Get("Cookie") + ", " + d.Answer.Header.Get("Set-Cookie") + ", " + d.Answers[0].Header.Get("Set-Cookie"); got != "session=•••, session=•••; HttpOnly, session=•••; HttpOnly" {
		t.Errorf("without secrets: %s", got)
	}
	if d, _ := i.Detail(1, true); d.Request.Header.Get("Cookie") != "session=hunter2" || d.Answers[0].Header.Get("Set-Cookie") != "session=hunter2; HttpOnly" {
		t.Errorf("with secrets: %+v", d)
	}
	e, err := i.Replay(t.Context(), 1, "api")
	if err != nil || e.ReplayOf != 1 || e.ID != 2 || e.Status != http.StatusConflict || e.Attempts[0].Backend != "api" {
		t.Errorf("sent again: %+v, %v", e, err)
	}
	if d, _ := i.Detail(2, false); string(d.Answer.Body) != "session=hunter2 hello" {
		t.Errorf("the backend got %q", d.Answer.Body)
	}
}

// What cannot be shown, or sent again, is refused in words that say why.
func TestARequestThatCannotBeSentAgainIsRefusedWithTheReason(t *testing.T) {
	small, large := inspected(t, "hello"), inspected(t, strings.Repeat("x", proxy.MessageMax+1))
	replay := func(i *inspector, id uint64, backend string) error {
		_, err := i.Replay(t.Context(), id, backend)
		return err
	}
	_, unknown := small.Detail(2, false)
	for _, c := range []struct {
		err  error
		kind control.Kind
		want string
	}{
		{unknown, control.Unknown, "no request 2 is kept\n  hint: devgate requests lists those that are"},
		{replay(small, 2, ""), control.Unknown, "no request 2 is kept\n  hint: devgate requests lists those that are"},
		{replay(small, 1, "apy"), control.Unknown, "no backend \"apy\"\n  hint: there are api, web"},
		{replay(large, 1, ""), control.Invalid, "request 1 cannot be sent again: its body was not kept whole (65536 of 65537 bytes were)"},
	} {
		var e *control.Error
		if !errors.As(c.err, &e) || e.Kind != c.kind || e.Error() != c.want {
			t.Errorf("got %v, want %s: %s", c.err, c.kind, c.want)
		}
	}
}

// The bound of what is kept says the same on both sides of the translation.
func TestAsMuchIsKeptAsIsPromised(t *testing.T) {
	if proxy.MessageMax != control.MessageBodyMax {
		t.Errorf("%d bytes of a body are kept, and %d are promised", proxy.MessageMax, control.MessageBodyMax)
	}
}

// dashboard = false turns the keeping off.
func TestTheDevgatefileTurnsTheKeepingOff(t *testing.T) {
	for text, want := range map[string]bool{"": true, "dashboard = false\n": false, "dashboard = true\n": true, "dashboard = 4900\n": true} {
		if got := gatewayConfig(newSetup(loaded(t, text+waitedFor), nil), nil).Keep; got != want {
			t.Errorf("%q: kept %v", text, got)
		}
	}
}
