// Package files reads the files of a folder in the formats that projects have:
// JSON with comments or without, YAML, TOML, scripts as configuration, environment
// files.
//
// A file that is not what its name says is told once, as a fault of the tree, and
// is as good as absent. A value of another type than expected is left out.
package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/tidwall/jsonc"
	"go.yaml.in/yaml/v3"

	"devgate/internal/detect/jsconf"
	"devgate/internal/detect/tree"
)

const (
	// maxNesting is how deep a TOML file may nest: its library takes time that
	// grows with the square of the depth.
	maxNesting = 60
	// maxDocuments is how many documents of one YAML file are read.
	maxDocuments = 20
)

// Files is a folder whose files can be read in their formats.
type Files struct{ *tree.Tree }

// JSON reads JSON, with comments or without, into v.
func (f Files) JSON(file string, v any) bool {
	text, ok := f.Text(file)
	// A value of another type leaves its own field empty; all other fields are read.
	if !ok {
		return false
	}
	err := json.Unmarshal(jsonc.ToJSON([]byte(text)), v)
	var other *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &other) {
		f.reject(file, text, err)
		return false
	}
	return true
}

// YAML reads the first document of a YAML file into v.
func (f Files) YAML(file string, v any) bool {
	text, ok := f.Text(file)
	if !ok {
		return false
	}
	err := Guarded(func() error { return yaml.Unmarshal([]byte(text), v) })
	var other *yaml.TypeError
	if err != nil && !errors.As(err, &other) {
		f.reject(file, text, err)
		return false
	}
	return true
}

// YAMLs reads the documents of a YAML file, up to the first that is broken.
func (f Files) YAMLs(file string) []map[string]any {
	text, ok := f.Text(file)
	if !ok {
		return nil
	}
	var all []map[string]any
	err := Guarded(func() error {
		for d := yaml.NewDecoder(strings.NewReader(text)); len(all) < maxDocuments; {
			var v map[string]any
			if err := d.Decode(&v); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			all = append(all, v)
		}
		return nil
	})
	if err != nil {
		f.reject(file, text, err)
	}
	return all
}

// TOML reads a TOML file.
func (f Files) TOML(file string) (map[string]any, bool) {
	text, ok := f.Text(file)
	if !ok {
		return nil, false
	}
	if nesting(text) > maxNesting {
		f.Reject(file, "nested too deeply")
		return nil, false
	}
	v := map[string]any{}
	err := Guarded(func() error { _, err := toml.Decode(text, &v); return err })
	if err != nil {
		f.reject(file, text, err)
		return nil, false
	}
	return v, true
}

// Config reads a configuration in JavaScript, TypeScript or JSON, with what is known
// of its environment.
func (f Files) Config(file string, env map[string]string) (*jsconf.File, bool) {
	text, ok := f.Text(file)
	if !ok {
		return nil, false
	}
	return jsconf.Parse(text, env), true
}

// Guarded turns a panic of a library into an error: whatever the bytes of a file
// are, the others are read.
func Guarded(decode func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return decode()
}

// reject tells of a file that is not what its name says. Of an error of several
// lines the first is enough.
func (f Files) reject(file, text string, err error) {
	var syntax *json.SyntaxError
	why, _, _ := strings.Cut(err.Error(), "\n")
	why = strings.TrimPrefix(strings.TrimPrefix(why, "toml: "), "yaml: ")
	if errors.As(err, &syntax) {
		why = fmt.Sprintf("line %d: %s", 1+strings.Count(text[:min(int(syntax.Offset), len(text))], "\n"), why)
	}
	f.Reject(file, why)
}

// nesting is a bound of how deep a TOML text nests: by brackets outside of quotes,
// or by dots in a key.
// Counted by hand and too high rather than too low: it only has to keep the library from
// taking minutes.
func nesting(text string) int {
	deepest, open := 0, 0
	for line := range strings.Lines(text) {
		key, _, _ := strings.Cut(line, "=")
		deepest = max(deepest, strings.Count(key, "."))
		quote := byte(0)
		for i := 0; i < len(line); i++ {
			switch c := line[i]; {
			case quote == '"' && c == '\\':
				i++
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '#':
				i = len(line)
			case c == '[' || c == '{':
				open++
				deepest = max(deepest, open)
			case (c == ']' || c == '}') && open > 0:
				open--
			}
		}
	}
	return deepest
}
