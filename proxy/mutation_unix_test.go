//go:build unix

package proxy

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutation takes one safeguard of the gateway away; the check must turn red.
type mutation struct {
	name, file, old, new string
	check                string // name of a test
	files                string // that are enough for it; "": the package
}

// decisionFiles are enough to test decisions, and compile in no time.
const decisionFiles = "decision.go decision_test.go"

var mutations = []mutation{
	{"no drain of refused answers", "exchange.go", "rep.takeIn(x.g.draining)", "rep.close()", "TestFallThroughKeepsConnections", ""},
	{"no hold of informational answers", "exchange.go", "rep.yieldBody()\n\texplains", "x.forwardEarly(rep.early)\n\texplains", "TestHistories", ""},
	{"no generation of what is learned", "learned.go", "l.generation.Add(1)", "l.generation.Load()", "TestHistories", ""},
	{"no cookie in the key of what is learned", "learned.go", "if isNoise(name) {", `if isNoise(name) || name == "Cookie" {`, "TestHistories", ""},
	{"no rewind of bodies", "wire/spool.go", "&SpoolReader{s: s}", "&SpoolReader{s: s, off: s.kept}", "TestHistories", ""},
	{"who has refused gets no more of the body", "reply.go", "rep.body.Yield()", "rep.body.Close()", "TestEarlyRefusalsAtOnce", ""},
	{"who has refused takes what can not be kept", "wire/spoolreader.go", "r.yields = true", "r.yields = false", "TestSpoolYields", "./wire"},
	{"an idle connection blocks a server of one", "wire/pool.go", " || p.queue.blocked()", "", "TestAServerOfOneConnection", "./wire"},
	{"nonsense on a used connection is an answer", "wire/h1.go", "case i == 0 && cn.used &&", "case i < 0 && cn.used &&", "TestAServerThatSaysTooMuch", "./wire"},
	{"a page in parts is used", "pageform.go", "return isHTML(resp.Header) || isByteRanges(resp.Header)", "return false", "TestPageForms", ""},
	{"the page's 304 is used", "pageform.go", "return !k.seen || slices", "return k.seen && !k.seen && slices", "TestPageForms", ""},
	{"a preflight is used", "pageform.go", "return isSuccess(resp.Status) && req.Header", "return resp.Status == 204 && req.Header", "TestPageForms", ""},
	{"who sends no page is probed", "asking.go", "matters && pages.sends.Load()", "matters", "TestWhoSendsNoPageIsNotProbed", ""},
	{"a slow handshake is given up", "upgrade.go", "all = all && is", "all = all || is", "TestASlowHandshakeIsWaitedFor", ""},
	{"a later answer ends the contest", "upgrade.go", "case h.out == nil && !givenUp:", "case h.out == nil && givenUp:", "TestASlowHandshakeIsWaitedFor", ""},
	{"a crash is put by", "waiting.go", "return signCrashed", "return signSevered", "TestACrashEndsTheContest", ""},
	{"who is optional and elsewhere is not skipped", "asking.go", "case a.c.Optional:\n\t\treturn signUnreachedIgnored\n\t}\n\treturn signUnreachable", "}\n\treturn signUnreachable", "TestWhyNobodyIsReached", ""},
	{"a form is not held", "patience.go", "http.MethodHead) && isNavigation", "http.MethodHead || req.Method == http.MethodPost) && isNavigation", "TestHold", ""},
	{"what tells of the way is passed on", "wire/header.go", "forwarded(name) && !r.Forwarded", "false", "TestEndToEnd", "./wire"},
	{"a backend speaks for the gateway", "wire/header.go", "|| own(name) ||", "||", "TestConformanceOfAnswers", ""},
	{"a fault of one ends the contest", "decision.go", "if at.upgrade && !at.final {\n\t\treturn putBy", "if at.upgrade && !at.final {\n\t\treturn fail", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"a page is a socket", "decision.go", "s == signNoSocket || s == signPage", "s == signNoSocket", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"an unsafe request is asked again", "asking.go", "a.lease.interrupted() && a.req.Safe", "a.lease.interrupted()", "TestSwitchAsksAgain", ""},
	{"an unsafe request on a used connection", "wire/h1.go", "return c.Safe && c.Body == nil", "return c.Body == nil || c.Body != nil", "TestConnectionsAreUsedAgain", "./wire"},
	{"no flush before a wait", "wire/response.go", "if b.pauses() {", "if false {", "TestRelayFlushes", "./wire"},

	{"who is ready is not asked", "decision.go", "return ask", "return passBy", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"who starts is not waited for", "decision.go", "case signWaiting, signRefusing", "case signRefusing", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"who is absent ends the cascade", "decision.go", "return passBy", "return fail", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"who is gone is passed by", "decision.go", "return chooseAnew", "return passBy", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"a fault is passed by", "decision.go", "return at.blame()\n\t}\n\treturn fail", "return at.blame()\n\t}\n\treturn passBy", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"final is not the end", "decision.go", "case at.final:", "case at.final && !at.upgrade:", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"a 404 is used", "decision.go", "case s == signStatus:\n\t\treturn refuse", "case s == signStatus:\n\t\treturn use", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"a page is used", "decision.go", "return hold", "return use", "TestDecisionsAreThoseOnPaper", decisionFiles},
	{"a refused answer goes before a held page", "decision.go", "case held:", "case held && best == rankNone:", "TestEndingsAreThoseOnPaper", decisionFiles},
}

// TestMutationsAreNoticed runs the check of each mutation on a copy of the
// package in which the one file is changed. That the checks are green without is
// shown by the tests that they are.
func TestMutationsAreNoticed(t *testing.T) {
	if os.Getenv(mutated) != "" {
		t.Fatal("a mutation must not be tried on a mutation")
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			out, err := m.try(t)
			switch text := string(out); {
			case err == nil:
				t.Errorf("%s did not notice", m.check)
			case !strings.Contains(text, "--- FAIL: "+m.check) && !strings.Contains(text, "running tests:\n\t\t"+m.check): // to hang is to fail
				t.Errorf("%s did not run: %v\n%s", m.check, err, text)
			default:
				t.Logf("noticed: %.300s", text)
			}
		})
	}
}

// try runs the check on the mutation.
func (m mutation) try(t *testing.T) ([]byte, error) {
	t.Helper()
	file, err := filepath.Abs(m.file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		t.Fatalf("%s has %q %d times, want it once: the mutation has to follow the code", m.file, m.old, n)
	}
	copied, overlay := filepath.Join(t.TempDir(), "mutated.go"), filepath.Join(t.TempDir(), "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: copied}})
	if err := errors.Join(err,
		os.WriteFile(copied, []byte(strings.Replace(string(text), m.old, m.new, 1)), 0o600),
		os.WriteFile(overlay, replace, 0o600)); err != nil {
		t.Fatal(err)
	}
	// Some checks are races that a busy machine may let a mutation win, once.
	cmd := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-count=5", "-failfast", "-timeout=2m", "-overlay", overlay, "-run", "^"+m.check+"$")
	cmd.Args = append(cmd.Args, strings.Fields(cmp.Or(m.files, "."))...)
	cmd.Env = append(os.Environ(), mutated+"=1")
	return cmd.CombinedOutput()
}
