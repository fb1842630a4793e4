package procfile

import (
	"strings"
	"testing"
)

// TestExpand: only what is a placeholder is replaced; every other brace is text.
func TestExpand(t *testing.T) {
	values := map[string]string{
		"port": "4001", "name": "api", "root": "/shop", "bin": "/shop/.devgate/bin/api",
		"web.port": "5173", "web.url": "http://localhost:5173",
	}
	lookup := func(word string) (string, bool) {
		v, ok := values[word]
		return v, ok
	}
	for text, want := range map[string]string{
		"":                              "",
		"{bin} --port {port}":           "/shop/.devgate/bin/api --port 4001",
		"{port}{port}":                  "40014001",
		"{web.url}/x?{web.port}":        "http://localhost:5173/x?5173",
		"{{port}} is {port}":            "{port} is 4001",
		"{{web.url}}":                   "{web.url}",
		"{{prot}}":                      "{prot}",
		"{{{port}}}":                    "{{port}}",
		"${port} ${PORT:-3} ${{port}}":  "${port} ${PORT:-3} ${{port}}",
		"$PORT {port}":                  "$PORT 4001",
		"{} {;} { port } {port":         "{} {;} { port } {port",
		"awk '{print $1}' {a,b}":        "awk '{print $1}' {a,b}",
		"-f '{{.Names}} {{json .}}'":    "-f '{{.Names}} {{json .}}'",
		"{req.body} {x} {api.port.too}": "{req.body} {x} {api.port.too}",
		`{"port":{port}}`:               `{"port":4001}`,
		"ü{name}ü":                      "üapiü",
	} {
		if got := Expand(text, lookup); got != want {
			t.Errorf("Expand(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestExpandScript: a value is quoted for where it stands; a text is as in Expand.
func TestExpandScript(t *testing.T) {
	values := map[string]string{"port": "4001", "root": "/my shop", "bin": "it's", "web.url": "http://localhost:5173", "name": "if"}
	lookup := func(word string) (string, bool) {
		v, ok := values[word]
		return v, ok
	}
	for script, want := range map[string]string{
		"":                                           "",
		"{bin} --port {port}":                        `'it'\''s' --port 4001`,
		`"{root}/{bin}" '{root}/{bin}'`:              `"/my shop/it's" '/my shop/it'\''s'`,
		"{web.url}/x {name} {port}>x":                "http://localhost:5173/x 'if' '4001'>x",
		"{{port}} ${port} {x} awk '{print $1}'":      "{port} ${port} {x} awk '{print $1}'",
		"{{root}}{root}{{{root}}}":                   "{root}'/my shop'{{root}}",
		"x=${X:-{root}} # {bin}'s":                   "x=${X:-'/my shop'} # it's's",
		"echo `ls {root}` $(ls \"{root}\")":          "echo `ls '/my shop'` $(ls \"/my shop\")",
		"cat <<E\n{root} {bin} {{root}} \\{port}\nE": "cat <<E\n/my shop it's {root} \\4001\nE",
	} {
		if got, err := ExpandScript(script, lookup); err != nil || got != want {
			t.Errorf("ExpandScript(%q) = %q, %v; want %q", script, got, err, want)
		}
	}
	if got, err := ExpandScript("echo $(({port} + {root}))", lookup); err == nil || err.Error() != `the value of {root} holds " " and stands within $((…))` {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestExpandAgreesWithParse: what Parse lets through as a placeholder is what
// Expand asks for, so that none stays in a command unresolved.
func TestExpandAgreesWithParse(t *testing.T) {
	const command = "{port} {name} {root} {bin} {b.port} {b.url} {gateway.url} {{prot}} {x} ${prot} {req.body}"
	f := mustParse(t, "[a]\ncommand = '"+command+"'\nbuild = 'x'\nport = 8\n[b]\ncommand = 'x'\nport = 2\n")
	var asked []string
	Expand(f.Service("a").Command.Shell, func(word string) (string, bool) {
		asked = append(asked, word)
		return "", true
	})
	if got := strings.Join(asked, " "); got != "port name root bin b.port b.url gateway.url x req.body" {
		t.Errorf("asked for %q", got)
	}
}

// TestPlaceholdersOfSharedTexts: a text of [env] or [defaults] is checked for each
// service, and told of once; a remote service has no environment.
func TestPlaceholdersOfSharedTexts(t *testing.T) {
	mustParse(t, "[env]\nA = '{port}'\n[a]\ncommand = 'x'\nport = 8\n[r]\nurl = 'http://x'\n")
	_, err := Parse("f", []byte("[env]\nA = '{port}'\n[defaults]\nbuild = '{prot}'\n[a]\ncommand = 'x'\n[b]\ncommand = 'x'\n"))
	if list, _ := err.(ErrorList); len(list) != 2 {
		t.Errorf("want one error for each text, got\n%v", err)
	}
}
