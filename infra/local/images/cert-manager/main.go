// cert-manager's three programs in one, for machines that no image registry reaches. Upstream keeps the programs' main
// packages in modules that Go's module proxy can't serve; what they run is in the library, and is only put together
// here. As with the public images, `--config FILE` says everything: of each program's flags it is the one that is taken.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util/configfile"
	"k8s.io/component-base/logs"
	ctrl "sigs.k8s.io/controller-runtime"
)

var programs = map[string]func(ctx context.Context, configFile string) error{
	"controller": runController,
	"webhook":    runWebhook,
	"cainjector": runInjector,
}

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 || programs[args[0]] == nil {
		return fmt.Errorf("name the program to run: controller, webhook or cainjector")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	config := flags.String("config", "", "file with the program's configuration")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if *config == "" {
		return fmt.Errorf("--config FILE is missing")
	}
	logf.InitLogs()
	defer logs.FlushLogs()
	ctrl.SetLogger(logf.Log)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return programs[args[0]](logf.NewContext(ctx, logf.Log, args[0]), *config)
}

// load reads a configuration file into a program's own type; fields that are not known are an error.
func load(file string, into configfile.ConfigFile) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	loader, err := configfile.NewConfigurationFSLoader(nil, path)
	if err != nil {
		return err
	}
	if err := loader.Load(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
