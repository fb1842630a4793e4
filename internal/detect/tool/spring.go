package tool

import (
	"cmp"
	"path"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/pattern"
)

var (
	// propsPort finds server.port=8080, quarkus.http.port=${PORT:8080}.
	propsPort = pattern.New(`(?m)^\s*(?:%dev\.)?(?:quarkus\.http|server)\.port\s*=\s*(?:\$\{[^:}]*:)?([0-9]{2,5})`)
	// propsBase finds management.endpoints.web.base-path=/manage.
	propsBase = pattern.New(`(?m)^\s*management\.endpoints\.web\.base-path\s*=\s*(\S+)`)
	// basePath is a path without anything that a shell or a URL would take for something else.
	basePath = pattern.New(`^(?:/[A-Za-z0-9._-]+)+$`)
)

// settings is what an application's own settings say.
type settings struct {
	port int
	file string // that says the port
	base string // of the paths of its management; "" if not said
}

// springSettings reads application.properties and application.yml, those of a profile
// for development first. Otherwise in Spring Boot's order: what is in config/ beats what
// is beside it, and in one folder .properties beat YAML.
func (k *Kit) springSettings(dir string) settings {
	var all settings
	for _, name := range []string{"application-dev", "application-local", "application"} {
		for _, folder := range []string{"src/main/resources/config", "src/main/resources"} {
			for _, ending := range []string{".properties", ".yml", ".yaml"} {
				file := path.Join(dir, folder, name+ending)
				if !k.Has(file) {
					continue
				}
				port, base := k.settingsIn(file)
				if all.port == 0 && port != 0 {
					all.port, all.file = port, file
				}
				if all.base == "" && basePath.MatchString(base) {
					all.base = base
				}
			}
		}
	}
	return all
}

func (k *Kit) settingsIn(file string) (port int, base string) {
	if strings.HasSuffix(file, ".properties") {
		text, _ := k.Text(file)
		if m := propsPort.FindStringSubmatch(text); m != nil {
			port = files.Port(m[1])
		}
		if m := propsBase.FindStringSubmatch(text); m != nil {
			base = m[1]
		}
		return port, base
	}
	for _, v := range k.YAMLs(file) {
		port = cmp.Or(port, portSetting(v, "server", "port"), portSetting(v, "quarkus", "http", "port"))
		base = cmp.Or(base, files.TextAt(v, "management", "endpoints", "web", "base-path"))
	}
	return port, base
}

// portSetting reads a port of an application.yml: a number, or "${SERVER_PORT:8080}",
// below its keys or behind all of them in one ("server.port").
func portSetting(v map[string]any, keys ...string) int {
	value := files.At(v, keys...)
	if value == nil {
		value = v[strings.Join(keys, ".")]
	}
	if n := files.PortAt(map[string]any{"port": value}, "port"); n != 0 {
		return n
	}
	text, _ := value.(string)
	// Of "${SERVER_PORT:8080}" what stands behind the colon counts where the variable is
	// not set.
	_, fallback, _ := strings.Cut(strings.Trim(text, "${}"), ":")
	return files.Port(fallback)
}
