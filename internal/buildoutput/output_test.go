package buildoutput

import (
	"fmt"
	"strings"
	"testing"
)

func encoded(t *testing.T, all []Output) []byte {
	t.Helper()
	text, err := Encode(all)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// W9: it is remembered, so that the next `up` builds once, slow as it may be.
func TestWhatIsRememberedCostsNothing(t *testing.T) {
	b := newBook(t)
	b.learn()
	b.Ledger = New(Decode(encoded(t, b.Outputs())))
	b.Began("api", b.at(200), false)
	b.want(b.writes(203, "gen.go"), "")
	b.Ended("api", b.at(220), Succeeded) // nothing is cached
	b.want(b.wake(220.2), "")
	b.want(b.wake(500), "")
}

func TestWhatCannotBeReadIsNothing(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"version":2,"outputs":[{"service":"a","path":"b","by":"a","when":[{}]}]}`, `{"version":1,"outputs":[{"service":"a","path":"b","by":"a"},{}]}`} {
		if all := Decode([]byte(text)); len(all) > 0 {
			t.Errorf("%s: %v", text, all)
		}
	}
	many := make([]Output, MaxOutputs+1)
	for i := range many {
		many[i] = Output{Service: "a", Path: fmt.Sprint(i), By: "a", When: []When{{1, 2, 3}}}
	}
	if all := Decode(encoded(t, many)); len(all) != MaxOutputs {
		t.Errorf("%d outputs", len(all))
	}
	for i := range many {
		many[i].Path = strings.Repeat("long/", 800) + fmt.Sprint(i)
	}
	if text := encoded(t, many); len(text) > MaxSize || len(Decode(text)) < 50 {
		t.Errorf("%d bytes, %d outputs", len(text), len(Decode(text)))
	}
}
