// Command packages builds what is released: archives for all platforms, Debian and RPM packages, an SBOM for each binary, and
// SHA256SUMS. Run it from the repository:
//
//	cd deploy/packages && go run . -version 1.2.3 -out ../../dist
//
// The same commit and version give the same bytes: binaries are built with -trimpath and without cgo, and every time in an archive is
// SOURCE_DATE_EPOCH, by default that of the commit.
package main
