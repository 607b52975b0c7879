module groundwork/definitions

go 1.24

require (
	github.com/cloudnative-pg/cloudnative-pg v1.28.0
	github.com/cloudnative-pg/plugin-barman-cloud v0.15.0
)
