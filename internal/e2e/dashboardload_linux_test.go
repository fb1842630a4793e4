//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	drawnMax = 5_000     // elements of a page, whatever it knows
	heapMax  = 300 << 20 // bytes of a page's scripts
	grownMax = 250 << 10 // KiB by which devgate may grow: what it keeps is bounded
)

// floodTable is a service that prints so many lines a second, and so many in all.
func floodTable(rate, total int) string {
	return fmt.Sprintf("\n[flood]\ncommand = [\"node\", \"shop.mjs\", \"flood\", \"%d\", \"%d\"]\n", rate, total)
}

// D1: of very many lines all can be seen, and only what is seen is in the document.
func TestTheDashboardHoldsManyLines(t *testing.T) {
	p := newShop(t, "")
	g := p.ready("2 backends")
	defer g.down()
	b := p.openDashboard("/logs")
	// Only now, as devgate keeps less than a page does.
	p.write("Devgatefile", shopTables+floodTable(10_000, 99_000))
	g.out.await(t, `^flood \* runs `)
	b.goTo("/logs?service=flood")
	b.shows(`flood line 99000 of`, true)
	b.isBounded(t)
	// The middle, wherever the page was.
	b.js(`(() => { const log = document.querySelector("#log"); log.scrollTop = log.scrollHeight / 2; })()`)
	number := regexp.MustCompile(`flood line (\d+) of`)
	var shown []string
	defer func() {
		if t.Failed() {
			t.Logf("shown: %.2000q", shown)
		}
	}()
	eventually(t, "the middle does not show lines in order", func() bool {
		shown = b.lines()
		found := number.FindAllStringSubmatch(strings.Join(shown, "\n"), -1)
		for i := range found[min(1, len(found)):] {
			before, _ := strconv.Atoi(found[i][1])
			if now, _ := strconv.Atoi(found[i+1][1]); now != before+1 {
				return false
			}
		}
		return len(found) > 10 && len(found[0][1]) == 5 && found[0][1] > "40000" && found[0][1] < "60000"
	})
	b.click("button", "Newest")
	b.shows(`flood line 99000 of`, true)
	b.enter("searchbox", "Filter", "line 1 ")
	b.shows(`flood line 1 of`, true)
	b.shows(`flood line 99000 of`, false)
	b.awaitText("1 of 99,0") // and the lines about the service
	b.isBounded(t)
	b.isQuiet()
}

// isBounded: the page holds no more than it may.
func (b *page) isBounded(t *testing.T) {
	t.Helper()
	if drawn, _ := strconv.Atoi(b.js(`String(document.querySelectorAll("*").length)`)); drawn > drawnMax {
		t.Errorf("there are %d elements in the document", drawn)
	}
	if heap, _ := strconv.Atoi(b.js("String(performance.memory.usedJSHeapSize)")); heap > heapMax || heap == 0 {
		t.Errorf("the page's scripts hold %d MB", heap>>20)
	}
}

// D1: while requests and lines pour in the page answers, devgate does, and neither
// grows without end. What the gateway's figures are without and with the page is
// said with -v.
func TestTheDashboardUnderLoad(t *testing.T) {
	const rate = 2_000
	stretch := 2 * time.Second
	if given, err := time.ParseDuration(os.Getenv("DEVGATE_STRETCH")); err == nil {
		stretch = given
	}
	p := newShop(t, floodTable(10_000, 1_000_000))
	g := p.ready("2 backends")
	defer g.down()
	p.paced(t, rate, stretch/5) // everybody is warm
	began := p.cpu(t)
	alone := p.paced(t, rate, stretch)
	aloneCPU := p.cpu(t) - began
	before := p.memory(t)
	logs, requests := p.openDashboard("/logs"), p.openDashboard("/requests")
	var beside latencies
	var under sync.WaitGroup
	began = p.cpu(t)
	under.Go(func() { beside = p.paced(t, rate, 4*stretch) })
	answers := make([]string, 0, 8)
	for last := ""; len(answers) < cap(answers); {
		logs.awaitOther("#log .line:last-of-type", last)
		last = logs.js(`document.querySelector("#log .line:last-of-type")?.textContent`)
		answers = append(answers, last)
		logs.isBounded(t)
		requests.isBounded(t)
	}
	requests.awaitText("/api/fast")
	under.Wait()
	besideCPU := p.cpu(t) - began
	if grown := p.memory(t) - before; grown > grownMax {
		t.Errorf("devgate has grown by %d KiB", grown)
	}
	t.Logf("%d requests and 10,000 lines a second; alone: %v, %.0f%% of a core; with two pages open: %v, %.0f%%; devgate %d KiB before, %d KiB after",
		rate, alone, 100*aloneCPU.Seconds()/stretch.Seconds(), beside, 100*besideCPU.Seconds()/(4*stretch).Seconds(), before, p.memory(t))
	logs.isQuiet()
	requests.isQuiet()
	// Neither page has missed the end.
	logs.click("button", "Pause")
	logs.the("button", `Resume \(.+\)`)
	p.ask(t, request{method: http.MethodGet, path: "/api/users"})
	requests.awaitText("/api/users")
}

// awaitOther waits until something reads otherwise.
func (b *page) awaitOther(selector, last string) {
	b.t.Helper()
	eventually(b.t, selector+" does not change", func() bool {
		now := b.js(fmt.Sprintf("document.querySelector(%q)?.textContent", selector))
		return now != "" && now != last
	})
}

// memory is what devgate's two processes hold, in KiB.
func (p *project) memory(t *testing.T) (kib int) {
	t.Helper()
	size := regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)
	for _, pid := range p.own(t) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if found := size.FindSubmatch(text); found != nil {
			n, _ := strconv.Atoi(string(found[1]))
			kib += n
		}
	}
	return kib
}

// cpu is how long devgate's two processes have computed.
func (p *project) cpu(t *testing.T) (sum time.Duration) {
	t.Helper()
	for _, pid := range p.own(t) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		for _, at := range []int{11, 12} { // utime and stime, in ticks of which there are 100 a second
			ticks, _ := strconv.Atoi(fields[at])
			sum += time.Duration(ticks) * time.Second / 100
		}
	}
	return sum
}

// own are devgate's two processes.
func (p *project) own(t *testing.T) (pids []int) {
	t.Helper()
	for pid, command := range p.marked() {
		if strings.HasPrefix(command, "devgate: manager") || strings.HasPrefix(command, made.devgate+" up") {
			pids = append(pids, pid)
		}
	}
	if len(pids) != 2 {
		t.Fatalf("devgate's processes are not found: %v", p.marked())
	}
	return pids
}

// latencies are how long requests took.
type latencies []time.Duration

func (l latencies) String() string {
	slices.Sort(l)
	return fmt.Sprintf("%d requests, median %v, p99 %v", len(l), l[len(l)/2].Round(time.Microsecond), l[len(l)*99/100].Round(time.Microsecond))
}

// paced sends so many requests a second for a while. Each must have its answer.
func (p *project) paced(t *testing.T, rate int, d time.Duration) (all latencies) {
	const senders = 8
	var mu sync.Mutex
	var running sync.WaitGroup
	for range senders {
		running.Go(func() {
			took, err := p.steadily(t.Context(), rate/senders, d)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	return all
}

// steadily sends a request at a time, and none late: what took long is not made up for.
func (p *project) steadily(ctx context.Context, rate int, d time.Duration) (all latencies, err error) {
	client := newClient()
	defer client.CloseIdleConnections()
	ticks := time.NewTicker(time.Second / time.Duration(rate))
	defer ticks.Stop()
	for end := time.Now().Add(d); time.Now().Before(end); <-ticks.C {
		began := time.Now()
		got, err := p.send(ctx, client, request{method: http.MethodGet, path: "/api/fast"})
		if err != nil {
			return all, err
		}
		if got.status != http.StatusOK || string(got.body) != "fast" {
			return all, fmt.Errorf("GET /api/fast: %d %q", got.status, got.body)
		}
		all = append(all, time.Since(began))
	}
	return all, nil
}
