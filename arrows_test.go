package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrowLines are the imports that each package may have, without the standard
// library. docs/architecture.md draws them; a new one is a decision to write
// down there first.
const arrowLines = `
devgate -> devgate/internal/cli
devgate/internal/agents -> devgate/internal/input devgate/internal/shared
devgate/internal/bench ->
devgate/internal/buildoutput ->
devgate/internal/checkout -> devgate/internal/input devgate/internal/shared
devgate/internal/cli -> devgate/internal/agents devgate/internal/checkout devgate/internal/control devgate/internal/event devgate/internal/export devgate/internal/guard devgate/internal/input devgate/internal/logmux devgate/internal/mcp devgate/internal/outline devgate/internal/port devgate/internal/proc devgate/internal/project devgate/internal/proposal devgate/internal/reach devgate/internal/routes devgate/internal/session devgate/internal/shared devgate/internal/tty devgate/internal/words devgate/procfile devgate/procfile/schema github.com/spf13/cobra
devgate/internal/control -> devgate/internal/event devgate/internal/logmux devgate/internal/oserr devgate/internal/shared golang.org/x/sys/unix golang.org/x/sys/windows
devgate/internal/dashboard -> devgate/internal/control devgate/internal/event devgate/internal/logmux
devgate/internal/detect -> devgate/internal/detect/files devgate/internal/detect/found devgate/internal/detect/pattern devgate/internal/detect/shell devgate/internal/detect/split devgate/internal/detect/tool devgate/internal/detect/tree go.yaml.in/yaml/v3
devgate/internal/detect/detecttest -> pgregory.net/rapid
devgate/internal/detect/files -> devgate/internal/detect/jsconf devgate/internal/detect/pattern devgate/internal/detect/tree github.com/BurntSushi/toml github.com/tidwall/jsonc go.yaml.in/yaml/v3
devgate/internal/detect/found ->
devgate/internal/detect/jsconf ->
devgate/internal/detect/pattern ->
devgate/internal/detect/shell -> mvdan.cc/sh/v3/syntax
devgate/internal/detect/split -> devgate/internal/detect/files devgate/internal/detect/found devgate/internal/detect/pattern devgate/internal/detect/shell devgate/internal/detect/tree
devgate/internal/detect/tool -> devgate/internal/detect/files devgate/internal/detect/found devgate/internal/detect/jsconf devgate/internal/detect/pattern devgate/internal/detect/shell devgate/internal/detect/split golang.org/x/mod/modfile
devgate/internal/detect/tree ->
devgate/internal/draft -> devgate/internal/detect/found devgate/internal/detect/pattern devgate/internal/detect/shell devgate/procfile
devgate/internal/draft/render -> devgate/internal/detect/found devgate/internal/detect/pattern devgate/internal/draft
devgate/internal/e2e ->
devgate/internal/envfile ->
devgate/internal/event ->
devgate/internal/export -> devgate/internal/project devgate/internal/routes devgate/procfile
devgate/internal/gitignore -> devgate/internal/checkout devgate/internal/input devgate/internal/oserr
devgate/internal/guard -> devgate/internal/proc golang.org/x/sys/unix
devgate/internal/input -> devgate/internal/shared
devgate/internal/lint -> devgate/internal/proc devgate/internal/project devgate/internal/shared devgate/internal/watch devgate/procfile
devgate/internal/logmux -> devgate/internal/oserr devgate/internal/shared github.com/fatih/color
devgate/internal/loopback -> devgate/internal/oserr
devgate/internal/mcp -> devgate/internal/control devgate/internal/event devgate/internal/logmux devgate/internal/outline devgate/internal/proc devgate/internal/project devgate/internal/proposal devgate/internal/reach devgate/internal/words devgate/procfile github.com/google/jsonschema-go/jsonschema github.com/modelcontextprotocol/go-sdk/jsonrpc github.com/modelcontextprotocol/go-sdk/mcp
devgate/internal/oserr -> golang.org/x/sys/windows
devgate/internal/outline -> devgate/internal/lint devgate/internal/project devgate/procfile
devgate/internal/port -> devgate/internal/loopback devgate/internal/oserr devgate/internal/proc golang.org/x/sys/windows
devgate/internal/proc -> golang.org/x/sys/unix golang.org/x/sys/windows
devgate/internal/project -> devgate/internal/checkout devgate/internal/envfile devgate/internal/gitignore devgate/internal/input devgate/internal/port devgate/internal/proc devgate/internal/proposal devgate/internal/spelling devgate/procfile devgate/procfile/shell
devgate/internal/proposal -> devgate/internal/detect devgate/internal/detect/found devgate/internal/draft devgate/internal/draft/render devgate/internal/input
devgate/internal/reach -> devgate/internal/control devgate/internal/proc devgate/procfile
devgate/internal/relay -> devgate/internal/loopback
devgate/internal/routes ->
devgate/internal/session -> devgate/internal/buildoutput devgate/internal/checkout devgate/internal/control devgate/internal/dashboard devgate/internal/event devgate/internal/guard devgate/internal/input devgate/internal/logmux devgate/internal/loopback devgate/internal/oserr devgate/internal/port devgate/internal/proc devgate/internal/project devgate/internal/relay devgate/internal/routes devgate/internal/shared devgate/internal/watch devgate/procfile devgate/procfile/schema devgate/proxy devgate/proxy/ingress devgate/supervisor devgate/supervisor/probe golang.org/x/sys/unix golang.org/x/sys/windows
devgate/internal/shared -> golang.org/x/sys/windows
devgate/internal/spelling -> golang.org/x/sys/windows
devgate/internal/testport -> golang.org/x/sys/windows
devgate/internal/testproc ->
devgate/internal/testrequest ->
devgate/internal/testwine ->
devgate/internal/tty -> devgate/internal/tty/found golang.org/x/sys/unix golang.org/x/sys/windows golang.org/x/term
devgate/internal/tty/found ->
devgate/internal/watch -> devgate/internal/checkout devgate/internal/gitignore devgate/internal/spelling github.com/bmatcuk/doublestar/v4 github.com/fsnotify/fsnotify golang.org/x/sys/unix golang.org/x/sys/windows
devgate/internal/words -> devgate/internal/control devgate/internal/event devgate/internal/logmux
devgate/procfile -> devgate/internal/input devgate/procfile/shell github.com/BurntSushi/toml github.com/bmatcuk/doublestar/v4
devgate/procfile/schema -> devgate/procfile
devgate/procfile/shell ->
devgate/proxy -> devgate/internal/loopback devgate/internal/oserr devgate/proxy/front devgate/proxy/ingress devgate/proxy/message devgate/proxy/wire
devgate/proxy/front -> devgate/proxy/message
devgate/proxy/ingress -> devgate/internal/loopback devgate/internal/oserr
devgate/proxy/message ->
devgate/proxy/wire -> devgate/internal/loopback devgate/proxy/message golang.org/x/sys/windows
devgate/supervisor -> devgate/internal/event devgate/internal/proc github.com/creack/pty golang.org/x/sys/unix
devgate/supervisor/probe -> devgate/internal/loopback devgate/internal/oserr
`

// arrows is arrowLines, by package.
func arrows() map[string][]string {
	all := map[string][]string{}
	for line := range strings.Lines(arrowLines) {
		if name, imports, ok := strings.Cut(line, "->"); ok {
			all[strings.TrimSpace(name)] = strings.Fields(imports)
		}
	}
	return all
}

// systems are those that devgate is built for.
func systems() []string { return []string{"linux", "darwin", "windows"} }

func TestPackagesImportOnlyWhatTheArchitectureAllows(t *testing.T) {
	for _, system := range systems() {
		t.Run(system, func(t *testing.T) { checkAll(t, system) })
	}
}

func checkAll(t *testing.T, system string) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	list.Env = append(os.Environ(), "GOOS="+system)
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for packages := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(p.ImportPath, "/examples/") {
			p.Imports = slices.DeleteFunc(p.Imports, isStandard)
			if len(p.Imports) > 0 {
				t.Errorf("%s is for beginners and imports %v", p.ImportPath, p.Imports)
			}
			continue
		}
		seen[p.ImportPath] = true
		check(t, p.ImportPath, p.Imports)
	}
	for name := range arrows() {
		if !seen[name] {
			t.Errorf("%s is in the table and not in the module", name)
		}
	}
}

func check(t *testing.T, name string, imports []string) {
	allowed, known := arrows()[name]
	if !known {
		t.Errorf("%s is not in the table", name)
	}
	for _, i := range imports {
		if !isStandard(i) && !slices.Contains(allowed, i) {
			t.Errorf("%s may not import %s", name, i)
		}
	}
}

// isStandard knows the packages of Go itself: no dot in the first element, and
// not this module.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first != "devgate" && !strings.Contains(first, ".")
}
