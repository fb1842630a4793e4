package proxy

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// The words of docs/cascade.md for what the code decides by. They are checked
// against it from both sides.
var (
	signWords = [signs]string{
		signReady: "is ready", signWaiting: "is starting, building or restarting",
		signWaitedOut: "the same, and the request has waited for `hold`",
		signDown:      "is crashed, failed or stopped", signDownOptional: "the same, and it is `optional`",
		signAbsent: "is not in the cascade", signGone: "is no longer in the Devgatefile",
		signRefusing: "refuses connections", signRefused: "the same, for longer than a restart takes",
		signUnreachable: "lets no connection come about", signUnreachedIgnored: "one of these three, and it is `optional`",
		signHungUp: "hangs up before it answers", signSevered: "the same, and no word of a crash has come",
		signCrashed: "the same, and it turns out to have crashed", signNonsense: "talks nonsense",
		signInterrupted: "hangs up as it was told to end, and the request is safe",
		signUnkept:      "can not be given the body again", signBodyBroke: "is sent a body that the client breaks off",
		signLeft: "is left by the client", signStatus: "answers with a status in `fallthrough`",
		signUnknownRPC: "answers with gRPC's UNIMPLEMENTED", signNoSocket: "answers 400, 403, 404, 405, 426 or 501 to an upgrade",
		signSwitched: "answers 101", signPage: "answers with its page for unknown paths, or 2xx to an upgrade",
		signPerhapsPage: "the same, perhaps: the probe is not over", signAnswer: "answers anything else",
	}
	verdictWords = [verdicts]string{
		ask: "ask", wait: "wait", passBy: "pass by", chooseAnew: "choose anew", fail: "fail", use: "use", refuse: "refuse", hold: "hold", putBy: "put by",
	}
	stances = []string{"ordinary", "final", "upgrade", "final, upgrade"}

	rankWords = map[string]rank{
		"none": rankNone, "other": rankOther, "404": rankMiss, "404 in JSON": rankJSON, "405": rankMethod, "2xx to an upgrade": rankPage,
		"400 to an upgrade": rankBadSocket, "426 to an upgrade": rankNoUpgrade, "403 to an upgrade": rankForbidden, "401 to an upgrade": rankUnknownUser,
	}
	endingWords = [endings]string{
		endExplained: "an answer of devgate's own", endPage: "the page", endRefusal: "the refused answer", endFault: "what was wrong",
	}
)

// table reads the rows of the table in docs/cascade.md whose first line is head.
func table(t *testing.T, head string) (rows [][]string) {
	text, err := os.ReadFile("../docs/cascade.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "\n"+head+"\n")
	if !found {
		t.Fatalf("docs/cascade.md has no table %q", head)
	}
	for line := range strings.Lines(after) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		if strings.HasPrefix(line, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

// Every sign in every stance is decided as the table of docs/cascade.md says, and
// the table has nothing else.
func TestDecisionsAreThoseOnPaper(t *testing.T) {
	rows := table(t, "| it | "+strings.Join(stances, " | ")+" |")
	if len(rows) != int(signs) {
		t.Errorf("%d rows for %d signs", len(rows), signs)
	}
	for s := range signs {
		i := slices.IndexFunc(rows, func(row []string) bool { return row[0] == signWords[s] })
		if i < 0 {
			t.Errorf("no row %q", signWords[s])
			continue
		}
		for k, name := range stances {
			at := stance{final: strings.Contains(name, "final"), upgrade: strings.Contains(name, "upgrade")}
			if got := verdictWords[decide(s, at)]; got != rows[i][1+k] {
				t.Errorf("%s, %s: %s, on paper %s", name, signWords[s], got, rows[i][1+k])
			}
		}
	}
}

// So is the end of a cascade in which everybody refused, for every combination.
func TestEndingsAreThoseOnPaper(t *testing.T) {
	decided := make(map[string]string)
	bools := map[string]bool{"yes": true, "no": false}
	for _, row := range table(t, "| a page is held | the refused answer that says most | a fault was put by | the client is explained to | it gets |") {
		for _, held := range anyOf(row[0], bools) {
			for _, best := range anyOf(row[1], rankWords) {
				for _, fault := range anyOf(row[2], bools) {
					for _, explains := range anyOf(row[3], bools) {
						key := fmt.Sprint(held, best, fault, explains)
						if decided[key] != "" {
							t.Errorf("%s is on paper twice", key)
						}
						decided[key] = row[4]
						if got := endingWords[end(held, best, fault, explains)]; got != row[4] {
							t.Errorf("held %t, rank %d, fault %t, explained %t: %s, on paper %s", held, best, fault, explains, got, row[4])
						}
					}
				}
			}
		}
	}
	if len(decided) != 8*len(rankWords) {
		t.Errorf("%d of %d combinations are on paper", len(decided), 8*len(rankWords))
	}
}

// anyOf returns what the words of a cell stand for; "any" is all of them.
func anyOf[T any](cell string, words map[string]T) (all []T) {
	for word, v := range words {
		if cell == "any" || slices.Contains(strings.Split(cell, ", "), word) {
			all = append(all, v)
		}
	}
	return all
}

// Whatever a candidate shows, a wait comes to an end: no sign that ends one is
// waited for again, but where another process may come.
func TestWaitsEnd(t *testing.T) {
	for s, then := range map[sign]sign{signWaiting: signWaitedOut, signRefusing: signRefused, signHungUp: signSevered, signPerhapsPage: signAnswer} {
		for _, at := range []stance{{}, {final: true}, {upgrade: true}, {final: true, upgrade: true}} {
			if decide(s, at) == wait && decide(then, at) == wait {
				t.Errorf("%q is waited for without end", signWords[s])
			}
		}
	}
}
