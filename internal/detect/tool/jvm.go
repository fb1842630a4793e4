package tool

import (
	"encoding/xml"
	"path"
	"strings"

	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// pom is what matters of a pom.xml.
type pom struct {
	Modules      []string   `xml:"modules>module"`
	Plugins      []artifact `xml:"build>plugins>plugin"`
	DefaultGoal  string     `xml:"build>defaultGoal"`
	Dependencies []artifact `xml:"dependencies>dependency"`
	Profiles     []struct {
		Dependencies []artifact `xml:"dependencies>dependency"`
	} `xml:"profiles>profile"`
}

type artifact struct {
	Name string `xml:"artifactId"`
}

// Build scripts of Gradle are programs in two languages; a plugin's name is looked for in
// the text, which is the same in both.
var (
	// gradleBoot finds the plugins of a build script.
	gradleBoot  = pattern.New(`org\.springframework\.boot`)
	gradleQuark = pattern.New(`io\.quarkus`)
	// webStarters are what makes a module a server of its own.
	webStarters = pattern.New(`spring-boot-starter-web|spring-boot-starter-jersey|spring-cloud-starter-gateway|spring-cloud-config-server|eureka-server|admin-starter-server`)
)

// Module reads the build file of a folder; nil if it builds no application.
func (k *Kit) Module(dir string) *Module {
	if file := path.Join(dir, "pom.xml"); k.Has(file) {
		return k.mavenModule(dir, file)
	}
	file := k.First(dir, "build.gradle.kts", "build.gradle")
	text, ok := k.Text(file)
	if file == "" || !ok {
		return nil
	}
	m := &Module{Dir: dir, File: file, Deps: text, gradle: true}
	switch {
	case gradleQuark.MatchString(text):
		m.goal, m.quarkus = "quarkusDev", true
	case gradleBoot.MatchString(text) && !strings.Contains(text, "apply false"): // those are for modules below
		m.goal = "bootRun"
	default:
		return nil
	}
	return m
}

func (k *Kit) mavenModule(dir, file string) *Module {
	text, ok := k.Text(file)
	if !ok {
		return nil
	}
	var p pom
	d := xml.NewDecoder(strings.NewReader(text))
	// Maven itself accepts what a strict reader of XML does not, such as undeclared
	// entities.
	d.Strict = false
	if err := d.Decode(&p); err != nil {
		why, _, _ := strings.Cut(err.Error(), "\n")
		k.Reject(file, why)
		return nil
	}
	// A pom.xml with modules has packaging "pom": it builds them and starts nothing
	// itself.
	if len(p.Modules) > 0 {
		return nil // what it builds is in these
	}
	above := ""
	for _, up := range split.Upwards(dir)[1:] {
		text, _ := k.Text(path.Join(up, "pom.xml"))
		above += text
	}
	return p.module(dir, file, above)
}

// module reads what a pom.xml says of its own folder; above are the texts of those
// further up, whose plugins it has, too.
func (p *pom) module(dir, file, above string) *Module {
	m := &Module{Dir: dir, File: file}
	deps := p.Dependencies
	for _, profile := range p.Profiles {
		deps = append(deps, profile.Dependencies...)
	}
	for _, d := range deps {
		m.Deps += " " + d.Name
	}
	for _, plugin := range p.Plugins {
		switch plugin.Name {
		case "spring-boot-maven-plugin":
			m.goal = "spring-boot:run"
		case "quarkus-maven-plugin":
			m.goal, m.quarkus = "quarkus:dev", true
		}
	}
	// Most parents hold the plugin for all of their modules, libraries too. Only one with
	// a server of its own can be run.
	if m.goal == "" && strings.Contains(above, "spring-boot-maven-plugin") && webStarters.MatchString(m.Deps) {
		m.goal = "spring-boot:run"
	}
	if m.goal == "" {
		return nil
	}
	m.byGoal = strings.Contains(p.DefaultGoal, m.goal)
	return m
}

// ModuleCommand is what runs a module, and the folder that it runs in: that of the
// build tool's wrapper, where there is one.
func (k *Kit) ModuleCommand(m *Module) (dir, command string) {
	wrapper, program := "mvnw", "mvn"
	if m.gradle {
		wrapper, program = "gradlew", "gradle"
	}
	dir = m.Dir
	for _, up := range split.Upwards(m.Dir) {
		if k.Has(path.Join(up, wrapper)) {
			dir, program = up, "./"+wrapper
			break
		}
	}
	switch inner := relative(m.Dir, dir); {
	case m.Dir != dir && m.gradle:
		// Gradle names projects with ":" where folders have "/".
		return dir, program + " :" + strings.ReplaceAll(inner, "/", ":") + ":" + m.goal
	case m.Dir != dir:
		return dir, program + " -pl " + inner + " " + m.goal
	case m.byGoal:
		return dir, program
	}
	return dir, program + " " + m.goal
}
