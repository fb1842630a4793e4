package session

import (
	"context"
	"iter"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"devgate/internal/control"
	"devgate/internal/logmux"
	"devgate/internal/testport"
)

// shown is a project that says nothing but its status.
type shown struct{ dashboards *dashboards }

func (p shown) Status() control.Status {
	url := p.dashboards.url()
	return control.Status{Name: "shop", Dashboard: &url}
}
func (p shown) Changes(ctx context.Context) iter.Seq[control.Status] {
	return func(yield func(control.Status) bool) {
		for yield(p.Status()) {
			<-ctx.Done()
			p.Status() // as one does that is asked at the last instant
			return
		}
	}
}
func (shown) Do(context.Context, control.Verb, []string, bool) error { return nil }
func (shown) Logs(context.Context, control.LogQuery) (iter.Seq[[]logmux.Line], error) {
	return func(func([]logmux.Line) bool) {}, nil
}
func (shown) Requests(context.Context, control.RequestQuery) iter.Seq[[]control.Exchange] {
	return func(func([]control.Exchange) bool) {}
}
func (shown) Detail(uint64, bool) (control.Detail, error) { return control.Detail{}, nil }
func (shown) Replay(context.Context, uint64, string) (control.Explanation, error) {
	return control.Explanation{}, nil
}
func (shown) Look() (done func()) { return func() {} }

// shopOn is a project whose gateway has a port, with further lines at the top and at
// the end of its file.
func shopOn(t *testing.T, gateway int, top, end string) *setup {
	t.Helper()
	return newSetup(loaded(t, "port = "+strconv.Itoa(gateway)+"\n"+top+"\n[api]\ncommand = \"api\"\n"+end), nil)
}

func listenOn(t *testing.T, port int) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func at(port int) string { return "http://localhost:" + strconv.Itoa(port) }

// D1, P4: the port after the gateway's, else the next that is free, or the one that
// is named, or none.
func TestWhereTheDashboardIs(t *testing.T) {
	gateway := testport.One(t)
	named := testport.One(t)
	for name, c := range map[string]struct {
		top, end string
		busy     int
		want     int // 0: none
		err      string
	}{
		"beside the gateway":    {"", "", 0, gateway + 1, ""},
		"a service has that":    {"", "port = " + strconv.Itoa(gateway+1), 0, gateway + 2, ""},
		"somebody has that":     {"", "", gateway + 1, gateway + 2, ""},
		"named":                 {"dashboard = " + strconv.Itoa(named), "", 0, named, ""},
		"named, and somebody's": {"dashboard = " + strconv.Itoa(named), "", named, 0, "the dashboard: port " + strconv.Itoa(named) + " is in use"},
		"off":                   {"dashboard = false", "", 0, 0, ""},
		"on":                    {"dashboard = true", "", 0, gateway + 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.busy != 0 {
				listenOn(t, c.busy)
			}
			s := shopOn(t, gateway, c.top, c.end)
			d := &dashboards{current: newCurrent(s)}
			defer d.close()
			err := d.claim(s)
			if got := d.url(); c.want == 0 && got != "" || c.want != 0 && got != at(c.want) {
				t.Errorf("it is at %q, want %d", got, c.want)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
}

// F4: a saved Devgatefile takes it along, whoever looks at it meanwhile, and no
// further than is needed.
func TestTheDashboardFollowsAReload(t *testing.T) {
	gateway, other, named := testport.One(t), testport.One(t), testport.One(t)
	first := shopOn(t, gateway, "", "")
	current := newCurrent(first)
	d := &dashboards{current: current}
	defer d.close()
	if err := d.claim(first); err != nil {
		t.Fatal(err)
	}
	d.serve(shown{d})
	before := first
	for _, c := range []struct {
		name      string
		after     *setup
		said, url string
	}{
		{"nothing of it", shopOn(t, gateway, "hold = \"3s\"", ""), "", at(gateway + 1)},
		{"a service takes its port", shopOn(t, gateway, "", "port = "+strconv.Itoa(gateway+1)), "the dashboard moves to " + at(gateway+2), at(gateway + 2)},
		{"and leaves it", shopOn(t, gateway, "", ""), "", at(gateway + 2)},
		{"named", shopOn(t, gateway, "dashboard = "+strconv.Itoa(named), ""), "the dashboard moves to " + at(named), at(named)},
		{"named no more", shopOn(t, gateway, "", ""), "", at(named)},
		{"the gateway moves", shopOn(t, other, "", ""), "the dashboard moves to " + at(other+1), at(other + 1)},
		{"off", shopOn(t, other, "dashboard = false", ""), "there is no dashboard any more", ""},
		{"on", shopOn(t, other, "", ""), "the dashboard is at " + at(other+1), at(other + 1)},
	} {
		// A stream is open all the time.
		if url := d.url(); url != "" {
			got, err := http.Get(url + "/stream?topic=status")
			if err != nil {
				t.Fatal(err)
			}
			defer got.Body.Close()
		}
		said := d.follow(before, c.after)
		current.replace(c.after)
		before = c.after
		if said != c.said || d.url() != c.url {
			t.Errorf("%s: %q, at %q; want %q, %q", c.name, said, d.url(), c.said, c.url)
		}
		if c.url != "" {
			got, err := http.Get(c.url)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			got.Body.Close()
		}
	}
	// The gateway wants its port: it gives way, and finds another.
	d.yield(other + 1)
	if l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(other+1)); err != nil || d.url() != "" {
		t.Errorf("it has not given way: %v, %q", err, d.url())
	} else {
		defer l.Close()
	}
	if said := d.follow(before, before); said != "the dashboard is at "+at(other+2) {
		t.Errorf("after it: %q", said)
	}
	d.close()
	if said := d.follow(before, shopOn(t, gateway, "", "")); said != "" || d.url() != "" {
		t.Errorf("after the end: %q, at %q", said, d.url())
	}
}

// Key d opens it, or says that there is none.
func TestTheKeyOfTheDashboard(t *testing.T) {
	for url, want := range map[string]string{"http://localhost:3001": "opening http://localhost:3001", "": "says dashboard = false"} {
		var opened, said string
		k := &keys{
			current: newCurrent(shopOn(t, 3000, "dashboard = false", "")), say: func(_, text string) { said = text },
			browse: func(url string) { opened = url }, dashboard: func() string { return url },
		}
		k.press('d')
		if opened != url || !strings.Contains(said, want) {
			t.Errorf("opened %q, said %q", opened, said)
		}
	}
}
