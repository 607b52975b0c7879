// Pulumi's Kubernetes provider from its Go module, which leaves out the files that its release embeds: they are read
// from the folder of the binary.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(self), name))
		if err != nil {
			log.Fatal(err)
		}
		return content
	}
	provider.Serve("kubernetes", version.Version, read("schema.json"), read("terraform-mapping.json"))
}
