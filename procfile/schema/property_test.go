package schema

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"devgate/procfile"
)

// fitting are, of each key, the literals that its reader takes somewhere.
func fitting(keys []procfile.Key) map[string][]string {
	all := map[string][]string{}
	for _, k := range keys {
		for _, literal := range literals {
			for _, frame := range frames(k) {
				if _, err := read(fmt.Sprintf(frame, k.Name+" = "+literal)); err == nil {
					all[k.Name] = append(all[k.Name], literal)
					break
				}
			}
		}
	}
	return all
}

// drawn is some of the keys with values that fit them.
func drawn(t *rapid.T, keys []procfile.Key, fit map[string][]string, most int) string {
	var b strings.Builder
	for _, k := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, most, func(k procfile.Key) string { return k.Name }).Draw(t, "keys") {
		fmt.Fprintf(&b, "%s = %s\n", k.Name, rapid.SampledFrom(fit[k.Name]).Draw(t, k.Name))
	}
	return b.String()
}

// I5: whatever keys stand together, what the reader accepts the schema accepts; rules
// between keys are no stricter in it, whatever [defaults] says.
func TestTheSchemaIsNeverStricterThanTheReader(t *testing.T) {
	s := compiled(t)
	file, service := procfile.FileKeys(), procfile.ServiceKeys()
	fitFile, fitService := fitting(file), fitting(service)
	accepted := 0
	rapid.Check(t, func(rt *rapid.T) {
		text := drawn(rt, file, fitFile, 3)
		if rapid.Bool().Draw(rt, "with defaults") {
			text += "[defaults]\n" + drawn(rt, service, fitService, 3)
		}
		own := rapid.SampledFrom([]string{"command = 'x'\n", "url = 'http://x'\n", "command = 'x'\nport = 4100\n", "command = 'x'\nonce = true\n", ""}).Draw(rt, "kind")
		for line := range strings.Lines(drawn(rt, service, fitService, 4)) {
			name, _, _ := strings.Cut(line, " ")
			if !strings.Contains("\n"+own, "\n"+name+" ") {
				own += line
			}
		}
		text += "[a]\n" + own
		if _, err := read(text); err != nil {
			return
		}
		accepted++
		if err := s.Validate(asJSON(rt, text)); err != nil {
			rt.Fatalf("read and refused: %v\n%s", err, text)
		}
	})
	if accepted < 10 {
		t.Errorf("only %d files were accepted: the test says nothing", accepted)
	}
}
