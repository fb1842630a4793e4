package procfile

// builder puts the services of a file together and checks what holds between them.
type builder struct {
	*reader
	file     *File
	services []*Service          // in the order of the file; those of file may be sorted anew
	byName   map[string]*Service // the same
	clean    bool                // the syntax has no fault
}

// newBuilder begins a file, with every default in place.
func newBuilder(src *source, format Format) *builder {
	return &builder{reader: newReader(src, language()), file: newFile(src, format), byName: map[string]*Service{}}
}

// result is the file, or what is wrong with it.
func (b *builder) result() (*File, error) {
	if err := b.errs.orNil(); err != nil {
		return nil, err
	}
	return b.file, nil
}

// service returns the service of a name, or nil.
func (b *builder) service(name string) *Service { return b.byName[name] }

// addService takes a service in. Of two with one name the scanner has refused the
// second, or the Procfile's reader has.
func (b *builder) addService(s *Service) {
	b.services = append(b.services, s)
	b.byName[s.Name] = s
}

// serviceNames lists the services for hints.
func (b *builder) serviceNames() []string {
	all := make([]string, len(b.services))
	for i, s := range b.services {
		all[i] = s.Name
	}
	return all
}
