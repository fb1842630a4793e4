package detect

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"devgate/internal/detect/files"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/shell"
)

// maxCompose is how many compose files are read.
const maxCompose = 10

// composeNames are those that docker compose finds by itself.
// It takes one of them, compose.yaml before all others.
var composeNames = []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}

var (
	// composeLike finds compose.yml, docker-compose.dev.yaml.
	composeLike = pattern.New(`^(?:docker-)?compose[\w.-]*\.ya?ml$`)
	// developerFile are the names of files that are for developers.
	developerFile = pattern.New(`dev|local|middleware|deps|infra|services`)
	// interpolation finds ${NAME}, ${NAME:-default}, ${NAME:?error}.
	interpolation = pattern.New(`\$\{\w+(?::?[-?]([^}]*))?\}`)
	// portMapping finds "8080:80", "127.0.0.1:8080:80/tcp".
	portMapping = pattern.New(`^(?:[\d.]+:)?(\d+):\d+(?:/tcp)?$`)
)

// isDefault reports whether docker compose finds the file by itself.
func (c *composeFile) isDefault() bool {
	return path.Dir(c.file) == "." && slices.Contains(composeNames, path.Base(c.file))
}

// readComposeFiles reads them: those that docker compose finds, then others near
// the root, those for developers first.
// For production or for tests comes last: the first file with databases is the one that
// is used.
func (r *reader) readComposeFiles() {
	all := withoutVariants(r.Below(".", 2, func(name string) bool { return composeLike.MatchString(name) }))
	slices.SortStableFunc(all, func(a, b string) int { return composeRank(a) - composeRank(b) })
	for _, file := range all[:min(len(all), maxCompose)] {
		if c := r.readCompose(file); c != nil {
			r.addCompose(c)
		}
	}
}

// withoutVariants leaves files out of which a folder has several that nothing tells
// apart: which of them is used, nobody can tell.
func withoutVariants(all []string) []string {
	in := map[string]int{}
	for _, file := range all {
		if composeRank(file) == unknownCompose {
			in[path.Dir(file)]++
		}
	}
	return slices.DeleteFunc(all, func(file string) bool {
		return composeRank(file) == unknownCompose && in[path.Dir(file)] > 2
	})
}

// unknownCompose is the rank of a file whose name says nothing about its use.
const unknownCompose = 11

func composeRank(file string) int {
	c, name := composeFile{file: file}, path.Base(file)
	switch {
	case c.isDefault():
		return slices.Index(composeNames, name)
	// One of the usual names in another folder: it needs -f, and is still more likely
	// than a name with something in it.
	case slices.Contains(composeNames, name):
		return 5
	case strings.Contains(name, "prod") || strings.Contains(name, "test") || strings.Contains(name, "ci"):
		return 20
	case developerFile.MatchString(name):
		return 10
	}
	return unknownCompose
}

// addCompose keeps a file; what compose would read together with another is part
// of that one.
func (r *reader) addCompose(c *composeFile) {
	stem := func(file string) string { return strings.TrimSuffix(file, path.Ext(file)) }
	// docker compose reads compose.override.yml on top of compose.yml without being
	// asked.
	base := strings.Replace(c.file, ".override.", ".", 1)
	i := slices.IndexFunc(r.compose, func(other *composeFile) bool { return base != c.file && stem(other.file) == stem(base) })
	if i < 0 {
		r.compose = append(r.compose, c)
		return
	}
	for _, s := range c.services {
		if r.compose[i].service(s.name) == nil {
			r.compose[i].services = append(r.compose[i].services, s)
		}
	}
}

// readCompose reads a file; nil if it has no services. Variables that are not there
// are no error: their defaults are enough.
func (r *reader) readCompose(file string) *composeFile {
	var v struct{ Services yaml.Node }
	if !r.YAML(file, &v) || v.Services.Kind != yaml.MappingNode {
		return nil
	}
	c := &composeFile{file: file}
	// A node, and not a map: a map loses the order in which services are written.
	for i := 0; i+1 < len(v.Services.Content); i += 2 {
		var body map[string]any
		// A service that cannot be decoded is left out alone; the others are as good as
		// they were.
		if files.Guarded(func() error { return v.Services.Content[i+1].Decode(&body) }) == nil {
			c.services = append(c.services, readService(path.Dir(file), v.Services.Content[i].Value, body))
		}
	}
	return c
}

func readService(dir, name string, body map[string]any) *composeService {
	s := &composeService{name: name, image: filled(files.TextAt(body, "image")), optional: body["profiles"] != nil, labels: map[string]string{}}
	if context := buildContext(body["build"]); context != "" {
		s.context = path.Join(dir, filled(context))
	}
	// Of both the command is kept: an entrypoint is mostly a script that waits and then
	// runs it.
	for _, key := range []string{"entrypoint", "command"} {
		if words := files.Texts(body[key]); len(words) == 1 {
			s.command = filled(words[0])
		} else if len(words) > 1 {
			s.command = filled(shell.Join(words...))
		}
	}
	ports, _ := body["ports"].([]any)
	for _, p := range ports {
		if s.port == 0 {
			s.port = published(p)
		}
	}
	// labels is a table or a list of "KEY=VALUE"; both are read.
	labels, _ := body["labels"].(map[string]any)
	for key, value := range labels {
		s.labels[key], _ = value.(string)
	}
	for _, l := range files.Texts(body["labels"]) {
		key, value, _ := strings.Cut(l, "=")
		s.labels[key] = value
	}
	return s
}

// buildContext reads "build": a folder, or a table with one.
func buildContext(build any) string {
	if folder, ok := build.(string); ok {
		return folder
	}
	if build == nil {
		return ""
	}
	if folder := files.TextAt(build, "context"); folder != "" {
		return folder
	}
	return "."
}

// published is the port of this machine that an entry of "ports" gives; 0 if none.
func published(p any) int {
	if text, ok := p.(string); ok {
		if m := portMapping.FindStringSubmatch(filled(text)); m != nil {
			return files.Port(m[1])
		}
		// "3000" alone publishes on a port that Docker chooses; a range names several.
		return 0
	}
	if n := files.PortAt(p, "published"); n != 0 {
		return n
	}
	return files.Port(files.TextAt(p, "published"))
}

// filled puts the defaults in for what compose would take from the environment.
func filled(text string) string { return interpolation.ReplaceAllString(text, "$1") }
