package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"devgate/procfile"
)

// root is that of the module.
const root = "../.."

// compiled is the schema as an editor's validator has it. That it is one, by the
// rules of its draft, is checked on the way.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSON()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("devgatefile.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("devgatefile.json")
}

// tb is what a test and a property have in common.
type tb interface {
	Helper()
	Fatalf(string, ...any)
}

// asJSON is a Devgatefile as editors show it to a schema.
func asJSON(t tb, text string) any {
	t.Helper()
	var values map[string]any
	if _, err := toml.Decode(text, &values); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	raw, err := json.Marshal(values)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return doc
}

// read reports what the reader says of a text.
func read(text string) (*procfile.File, error) { return procfile.Parse("Devgatefile", []byte(text)) }

// texts are the Devgatefiles of this repository, whole ones and parts, by where they
// stand: in the golden archives of the reader, in scripts, in examples and in the
// documentation.
func texts(t *testing.T) map[string]string {
	all := map[string]string{}
	for _, pattern := range []string{"testdata/*/*.txtar", "examples/*/Devgatefile", "docs/*.md", "*.md", "internal/e2e/testdata/*/Devgatefile"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, _ := filepath.Rel(root, path)
			parts(name, string(raw), all)
		}
	}
	return all
}

var (
	block    = regexp.MustCompile("(?ms)^```toml\n(.*?)^```")
	variable = regexp.MustCompile(`= \$(GATEWAY|P\d)`)
)

// parts adds the Devgatefiles of one file. A script's ports are numbers only when it runs.
func parts(name, text string, all map[string]string) {
	switch filepath.Ext(name) {
	case ".md":
		for i, m := range block.FindAllStringSubmatch(text, -1) {
			all[fmt.Sprintf("%s, block %d", name, i+1)] = m[1]
		}
	case ".txtar":
		for i, f := range txtar.Parse([]byte(text)).Files {
			port := 4100
			all[fmt.Sprintf("%s, file %d (%s)", name, i+1, f.Name)] = variable.ReplaceAllStringFunc(string(f.Data), func(string) string {
				port++
				return fmt.Sprint("= ", port)
			})
		}
	default:
		all[name] = text
	}
}

// I5: the schema accepts every Devgatefile of this repository that check accepts.
func TestTheSchemaAcceptsWhatTheReaderAccepts(t *testing.T) {
	s, counts := compiled(t), map[string]int{}
	for name, text := range texts(t) {
		f, err := read(text)
		if err != nil || f.Format != procfile.Devgatefile {
			continue
		}
		folder, _, _ := strings.Cut(filepath.ToSlash(name), "/")
		counts[folder]++
		if err := s.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s is read and refused: %v", name, err)
		}
	}
	for folder, least := range map[string]int{"testdata": 40, "examples": 2, "docs": 1, "README.md, block 1": 1} {
		if counts[folder] < least {
			t.Errorf("of %s only %d were looked at", folder, counts[folder])
		}
	}
}

// literals are values as people write them, right and wrong.
var literals = strings.Fields(`"" "x" "sh" "pwsh" "/x" "/api/*" "tcp" "auto" "true" "5s" "0" "1h2m3.5s" "-1s" "64MiB" "1M" 1024 "TERM" "sigint" "SIGx"
	"http://x:1" "http://x/y" "explain" "pass" "stop" "overlap" "on-failure" "always" "http1" "h2c" "!x" "**/*.go" "localhost" "*.x.test"
	0 2 200 404 599 600 3000 6000 65535 65536 -1 1.5 true false 2026-01-02 07:32:00 [] [404,500] ["a"] ["/x","y"] ["a",3] [[1]]
	{} {A="1"} {A=1,B=1.5,C=true,D=2026-01-02} {A=[]} {"="="1"} {http="/"} {tcp=1} {status=200} {http="/",status=204,timeout="1s"}
	{log="x"} {exec=["x"]} {exec=[]} {x=1}`)

// frames are files in which each key of the table can have an effect; %s stands for
// its name and value.
func frames(k procfile.Key) []string {
	switch {
	case k.Group == procfile.GroupFile:
		return []string{"%s\n[a]\ncommand = 'x'\n"}
	case k.Group == procfile.GroupReady:
		return []string{"[a]\ncommand = 'x'\nport = 4000\nready = { %s }\n", "[a]\ncommand = 'x'\nport = 4000\nready = { http = '/', %s }\n"}
	case k.Name == "command" || k.Name == "url":
		return []string{"[a]\n%s\n", "[defaults]\n%s\n[a]\n"}
	}
	var all []string
	for _, others := range [][]string{
		{"command = 'x'", "port = 4000", "paths = '/x'", "watch = 'x'"}, {"command = 'x'"}, {"url = 'http://x'"},
		{"command = 'x'", "once = true"}, {"command = 'x'", "port = 'auto'"},
	} {
		others = slices.DeleteFunc(others, func(other string) bool { return strings.HasPrefix(other, k.Name+" ") })
		all = append(all, "[a]\n"+strings.Join(others, "\n")+"\n%s\n")
	}
	return append(all, "[defaults]\n%s\n[a]\ncommand = 'x'\n")
}

func allKeys() []procfile.Key {
	return slices.Concat(procfile.FileKeys(), procfile.ServiceKeys(), procfile.ReadyKeys())
}

// I5: of every key, the schema accepts every value that the reader does, wherever the
// key may stand.
func TestEveryKeyAcceptsWhatItsReaderDoes(t *testing.T) {
	s := compiled(t)
	for _, k := range allKeys() {
		accepted := 0
		for _, frame := range frames(k) {
			for _, literal := range literals {
				text := fmt.Sprintf(frame, k.Name+" = "+literal)
				if _, err := read(text); err != nil {
					continue
				}
				accepted++
				if err := s.Validate(asJSON(t, text)); err != nil {
					t.Errorf("read and refused: %v\n%s", err, text)
				}
			}
		}
		if accepted == 0 {
			t.Errorf("nothing was accepted for %s: the test says nothing about it", k.Name)
		}
	}
}

// A table is a service whatever its name, also beside a value of the same name's kind;
// [env] and [defaults] alone are none.
func TestTheSchemaTakesATableForAService(t *testing.T) {
	s := compiled(t)
	for _, k := range allKeys() {
		if k.Name == "env" {
			continue
		}
		text := "[" + k.Name + "]\ncommand = 'x'\nport = 4000\n[other]\nurl = 'http://x'\n[env]\nA = 1\n[defaults]\ngrace = '1s'\n"
		if _, err := read(text); err != nil {
			t.Errorf("no service: %v", err)
		}
		if err := s.Validate(asJSON(t, text)); err != nil {
			t.Errorf("[%s] is refused: %v", k.Name, err)
		}
	}
	for _, text := range []string{"[a]\n[defaults]\ncommand = 'x'\n", "[a]\nport = 4000\n[defaults]\nurl = 'http://x'\ncommand = 'x'\n"} {
		_, err := read(text)
		if refused := s.Validate(asJSON(t, text)); err == nil && refused != nil {
			t.Errorf("what runs is said by [defaults], and refused: %v\n%s", refused, text)
		}
	}
}

// I5: what the reader refuses for its type, its word or its name, the schema refuses,
// too.
func TestTheSchemaRefusesWhatTheReaderRefuses(t *testing.T) {
	s := compiled(t)
	for _, text := range wrongTexts(t) {
		if _, err := read(text); err == nil {
			t.Errorf("this is no mistake:\n%s", text)
		}
		if s.Validate(asJSON(t, text)) == nil {
			t.Errorf("accepted:\n%s", text)
		}
	}
}

// wrongTexts have one mistake each: of every key a value of each type that it has
// not, and a word that is none of its own; and keys and names that are none.
func wrongTexts(t *testing.T) []string {
	all := []string{
		"prot = 3000\n[a]\ncommand = 'x'\n", "[a]\ncommand = 'x'\nprot = 1\n", "[a]\ncommand = 'x'\nready = { htpp = '/' }\n",
		"[defaults]\nprot = 1\n[a]\ncommand = 'x'\n", "[a]\ncommand = 'x'\nname = 'x'\n", "watch = 'x'\n[a]\ncommand = 'x'\n",
		"['a b']\ncommand = 'x'\n", "[-a]\ncommand = 'x'\n", "[" + strings.Repeat("a", 64) + "]\ncommand = 'x'\n",
		"[gateway]\ncommand = 'x'\n", "[devgate]\ncommand = 'x'\n", "env = 'x'\n[a]\ncommand = 'x'\n", "defaults = 1\n[a]\ncommand = 'x'\n",
		"[env]\n'A B' = 'x'\n[a]\ncommand = 'x'\n", "[env]\nA = []\n[a]\ncommand = 'x'\n",
		"[a]\n", "[a]\nport = 1\n", "[[a]]\ncommand = 'x'\n", "[a]\ncommand = 'x'\nurl = 'http://x'\n", "[a]\nurl = 'http://x'\nbuild = 'x'\n",
		"[a]\ncommand = 'x'\nonce = true\npaths = '/x'\n", "[a]\ncommand = 'x'\nready = { status = 200 }\n", "[port]\nprot = 1\n",
	}
	for _, k := range allKeys() {
		frame := frames(k)[0]
		for _, literal := range []string{`"\u0000 no such thing"`, "-1", "true", "1.5", "[{}]", "{ no_such_key = 1 }"} {
			if !hasShape(k, literal) {
				all = append(all, fmt.Sprintf(frame, k.Name+" = "+literal))
			}
		}
		for _, f := range k.Type.Forms {
			if f.Words != nil {
				all = append(all, fmt.Sprintf(frame, k.Name+` = "no-such-word"`))
			}
		}
	}
	if len(all) < 120 {
		t.Fatalf("only %d mistakes", len(all))
	}
	return all
}

// hasShape reports whether a value of the literal's type may stand at the key, or a
// table of that kind as a service.
func hasShape(k procfile.Key, literal string) bool {
	shape := map[byte]procfile.Shape{'"': procfile.Text, '-': procfile.Integer, 't': procfile.Boolean, '1': procfile.Float, '[': procfile.List, '{': procfile.Table}[literal[0]]
	return slices.ContainsFunc(k.Type.Forms, func(f procfile.Form) bool {
		// A number below all that a key may have is a mistake as well.
		return f.Shape == shape && (shape != procfile.Integer || f.Min <= -1) && (shape != procfile.Table || f.Keys == nil)
	})
}

// I5: every key is in the schema with its words, its default and its meaning; nothing
// leads out of it that an editor could not follow.
func TestEveryKeyIsExplained(t *testing.T) {
	var doc struct {
		Properties map[string]json.RawMessage
		Defs       map[string]struct{ Properties map[string]json.RawMessage } `json:"$defs"`
	}
	if err := json.Unmarshal(JSON(), &doc); err != nil {
		t.Fatal(err)
	}
	tables := map[procfile.Group]map[string]json.RawMessage{procfile.GroupFile: doc.Properties}
	for _, g := range []procfile.Group{procfile.GroupRun, procfile.GroupLife, procfile.GroupRequests} {
		tables[g] = doc.Defs[keysDef].Properties
	}
	for _, k := range slices.Concat(procfile.FileKeys(), procfile.ServiceKeys()) {
		got := explanation(t, tables[k.Group][k.Name])
		first, _, _ := strings.Cut(k.Doc, "[")
		if !strings.HasPrefix(got.Description, first) || strings.Contains(got.Description, "](") {
			t.Errorf("%s is explained by %q", k.Name, got.Description)
		}
		if want, _ := json.Marshal(k.Default); k.Default != nil && string(want) != strings.Join(strings.Fields(string(got.Default)), "") {
			t.Errorf("%s has the default %s, want %s", k.Name, got.Default, want)
		}
		if k.Default == nil && k.Unset != "" && !strings.HasSuffix(got.Description, "Default: "+k.Unset) {
			t.Errorf("%s does not say what holds without it: %q", k.Name, got.Description)
		}
	}
	if got := explanation(t, tables[procfile.GroupLife]["ready"]); !strings.Contains(string(got.AnyOf), "`GET` of this path answers `status`") {
		t.Errorf("the keys of a ready table are not explained: %s", got.AnyOf)
	}
}

type explained struct {
	Description string
	Default     json.RawMessage
	AnyOf       json.RawMessage
}

func explanation(t *testing.T, text json.RawMessage) (e explained) {
	t.Helper()
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return e
}

// The patterns are those of ECMA-262 as well as of RE2: none has what one of the two
// does not know.
func TestPatternsAreThoseOfJavaScriptToo(t *testing.T) {
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if p, ok := v["pattern"].(string); ok && regexp.MustCompile(`\(\?|\\[^.sStrn+]|\[\[:|\\z`).MatchString(p) {
				t.Errorf("%s", p)
			}
			for _, c := range v {
				walk(c)
			}
		case []any:
			for _, c := range v {
				walk(c)
			}
		}
	}
	var doc any
	if err := json.Unmarshal(JSON(), &doc); err != nil {
		t.Fatal(err)
	}
	walk(doc)
}

// A start writes the schema, so it may cost next to nothing.
func BenchmarkJSON(b *testing.B) {
	for b.Loop() {
		JSON()
	}
}
