package control

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// docs/control.md is what others write clients by: all that crosses the socket
// stands there, and nothing that does not.
func TestTheProtocolIsDocumented(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "control.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	wants := []string{
		"`" + paramName + "`", "`" + paramTail + "`", "`" + paramSince + "`", "`" + paramGrep + "`", "`" + paramNewest + "`", "`" + paramFollow + "`", "`" + paramWait + "`", "`" + paramTimeout + "`", "`" + paramSaved + "`",
		"`" + paramSecrets + "`", "`" + paramBackend + "`",
		"`" + paramColumns + "`", "`" + paramRows + "`", upgradeName, Folder + "/lock", "run.json", "`styled`",
	}
	for pattern := range routes() {
		wants = append(wants, "| `"+pattern+"` |")
	}
	for _, e := range []Error{{Kind: Unknown}, {Kind: Invalid}, {Kind: Refused}, {Kind: Failed}, {Kind: Stopping}, {Kind: Protocol}, {Kind: Broken}} {
		wants = append(wants, "| `"+string(e.Kind)+"` | "+statusWord(&e))
	}
	for _, frame := range []byte{frameInput, frameSize, frameOutput, frameNotice, frameEnd} {
		wants = append(wants, "| `"+string(frame)+"` |")
	}
	for _, v := range []any{Record{}, Error{}, Question{}, Readiness{}, Message{}} {
		wants = append(wants, fieldsOf(v)...)
	}
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("docs/control.md does not have %s", want)
		}
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `((?:GET|POST) [^`]*)` \\|").FindAllStringSubmatch(text, -1) {
		if routes()[row[1]] == nil {
			t.Errorf("docs/control.md has a route that does not exist: %s", row[1])
		}
	}
}

func statusWord(e *Error) string {
	return map[int]string{400: "400", 404: "404", 409: "409", 500: "500", 503: "503"}[e.status()]
}

// fieldsOf are the JSON keys of a struct.
func fieldsOf(v any) (keys []string) {
	typ := reflect.TypeOf(v)
	for i := range typ.NumField() {
		key, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		keys = append(keys, `"`+key+`":`)
	}
	return keys
}
