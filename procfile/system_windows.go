package procfile

// onWindows: what Windows alone has rules for is checked.
const onWindows = true
