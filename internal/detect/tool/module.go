package tool

// Module is a folder with an application on the JVM.
type Module struct {
	Dir  string
	File string
	Deps string // what it depends on: names, or the text of the build file

	goal    string // that starts it: spring-boot:run, quarkus:dev, bootRun, quarkusDev
	byGoal  bool   // the build's default goal starts it
	quarkus bool
	gradle  bool
}

// IsQuarkus reports whether the application is one of Quarkus, which starts the
// server of a front end within it by itself.
func (m *Module) IsQuarkus() bool { return m.quarkus }
