package detect

import (
	"maps"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
	"devgate/internal/detect/tool"
)

// readEnvFile looks for what the root's .env has that only its own readers
// understand: devgate would hand it on, and what it hands on beats their own
// reading.
func (r *reader) readEnvFile() {
	text, ok := r.Text(".env")
	if !ok {
		return
	}
	out := &r.found.EnvFile
	out.Odd = files.Oddity(text)
	if r.Has("artisan") {
		out.Readers = append(out.Readers, "Laravel")
		// Laravel's Vite plugin reads .env of the folder as well.
		if p := r.Pack("."); p.Has("vite", "laravel-vite-plugin") || p != nil && strings.Contains(p.Scripts["dev"], "vite") {
			out.Readers = append(out.Readers, "Vite")
		}
	}
}

// publicPrefixes are the beginnings of variables that front ends hand to browsers.
var publicPrefixes = []string{"VITE_", "NEXT_PUBLIC_", "REACT_APP_", "PUBLIC_", "NUXT_PUBLIC_", "VUE_APP_"}

var (
	// localURL finds "http://localhost:8000", in whatever stands around it.
	localURL     = pattern.New(`\b(?:https?|wss?)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):([0-9]{2,5})`)
	variableName = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// readAddresses finds the variables by which browsers would reach a backend past
// the gateway, and those by which services reach each other.
func (r *reader) readAddresses() {
	for _, s := range r.made {
		// A task is over before anybody asks it.
		if s.Kind != found.Task && s.URL == "" {
			r.addressesOf(s)
		}
	}
}

func (r *reader) addressesOf(s *tool.Made) {
	seen := map[string]bool{}
	// In the order in which front ends rank them, the one that wins first. Examples are
	// last: they hold where nobody has made a file of them.
	for _, name := range []string{".env.local", ".env.development", ".env.dev", ".env", ".env.example", ".env.local.example"} {
		file := path.Join(s.Dir, name)
		values := r.Dotenv(file)
		for _, variable := range slices.Sorted(maps.Keys(values)) {
			m := localURL.FindStringSubmatch(values[variable])
			if m != nil && variableName.MatchString(variable) && !seen[variable] {
				seen[variable] = true
				r.found.Addresses = append(r.found.Addresses, found.Address{
					By: s.Service, Name: variable, Value: values[variable], Port: files.Port(m[1]), File: file, Public: isPublic(s, variable),
				})
			}
		}
	}
}

func isPublic(s *tool.Made, variable string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(variable, prefix) }
	return s.Kind.IsFrontEnd() && slices.ContainsFunc(slices.Concat(publicPrefixes, s.Prefixes), begins)
}

var (
	// originWords are found near addresses of front ends in the settings of others.
	originWords = pattern.New(`(?i)cors|origin|front|client|callback|redirect|allowed|site_?url|app_?url|web_?url|public_?url|base_?url`)
	// settings are the names of files in which settings are.
	settings = pattern.New(`(?i)^(?:\.env.*|.*(?:config|settings|cors|security|auth|oauth).*\.(?:py|ts|js|mjs|go|rb|php|rs|java|kt|cs|ya?ml|toml|json|properties)|(?:main|app|index|server|program)\.(?:py|ts|js|mjs|go|rs|cs)|application.*\.(?:ya?ml|properties)|appsettings.*\.json)$`)
)

const (
	maxSettings = 128 << 10 // bytes; larger files are data
	nearby      = 400       // bytes before an address that may say what it is for
)

// readOrigins finds addresses of front ends in the settings of everybody else: who
// may ask, and where a login comes back to.
func (r *reader) readOrigins() {
	ports, fronts := map[int]bool{}, map[string]bool{}
	for _, s := range r.made {
		if s.Kind.IsFrontEnd() {
			ports[s.Port.Number], fronts[s.Dir] = true, true
		}
	}
	for _, s := range r.made {
		if s.Kind.IsFrontEnd() || !s.Kind.Answers() {
			// A front end's own files name its own address and mean themselves.
			continue
		}
		inFront := func(dir string) bool { return fronts[dir] && dir != s.Dir }
		// An .env beside the root counts for every server: many read that one.
		for _, file := range append(r.Below(s.Dir, 4, settings.MatchString), ".env", ".env.example") {
			if !slices.ContainsFunc(split.Upwards(path.Dir(file)), inFront) {
				r.originsIn(file, ports)
			}
		}
	}
}

func (r *reader) originsIn(file string, ports map[int]bool) {
	text, _ := r.Text(file)
	if len(text) > maxSettings || !strings.Contains(text, "://") {
		return
	}
	before := "" // of a list, the word that it is about stands further up
	for line := range strings.Lines(text) {
		// An empty line ends what belongs together.
		if strings.TrimSpace(line) == "" {
			before = ""
		}
		before += line
		before = before[max(0, len(before)-nearby):]
		for _, m := range localURL.FindAllStringSubmatch(line, 10) {
			o := found.Origin{Port: files.Port(m[1]), File: file}
			if ports[o.Port] && originWords.MatchString(before) && !slices.Contains(r.found.Origins, o) {
				r.found.Origins = append(r.found.Origins, o)
			}
		}
	}
}
