// SPDX-License-Identifier: MIT
/* cgsettle.c - what only the limits together can tell. */
#include <errno.h>

#include "cglimit.h"

#define PERIOD     100000 /* us, the kernel's default */
#define QUOTA_MIN  1000
#define PERIOD_MAX 1000000

struct cg_setting *cg_limit_find(struct cg_limits *limits, enum cg_limit limit)
{
	for (unsigned i = 0; i < limits->count; i++)
		if (limits->setting[i].limit == limit)
			return &limits->setting[i];
	return NULL;
}

/* --memory-swap counts both, docker's way; we keep the swap alone. */
static int settle_swap(struct cg_limits *limits, const char **why)
{
	struct cg_setting *memory = cg_limit_find(limits, CGL_MEMORY);
	struct cg_setting *total = cg_limit_find(limits, CGL_MEMORY_SWAP);
	struct cg_setting *swap = cg_limit_find(limits, CGL_SWAP);

	if (total && swap)
		*why = "--swap and --memory-swap exclude each other";
	else if (total && (!memory || memory->value == CG_UNLIMITED))
		*why = "--memory-swap needs a limit by --memory";
	else if (total && total->value < memory->value)
		*why = "--memory-swap: memory and swap together are below --memory";
	if (*why)
		return -EINVAL;
	if (total) {
		total->limit = CGL_SWAP;
		if (total->value != CG_UNLIMITED)
			total->value -= memory->value;
	} else if (memory && !swap) {
		uint64_t value = memory->value == CG_UNLIMITED ? CG_UNLIMITED : 0;

		if (limits->count == CG_SETTINGS)
			return -ENOSPC;
		limits->setting[limits->count++] = (struct cg_setting){
			.limit = CGL_SWAP, .controller = CG_MEMORY, .value = value, .implied = true
		};
	}
	return 0;
}

/* --cpus becomes a period and a quota; a quota below the kernel's least gets a longer period. */
static int settle_cpus(struct cg_limits *limits, const char **why)
{
	struct cg_setting *cpus = cg_limit_find(limits, CGL_CPUS);
	uint64_t period = PERIOD, millionths;

	if (!cpus)
		return 0;
	if (cg_limit_find(limits, CGL_CPU_QUOTA) || cg_limit_find(limits, CGL_CPU_PERIOD)) {
		*why = "--cpus and --cpu-quota or --cpu-period exclude each other";
		return -EINVAL;
	}
	millionths = cpus->value;
	cpus->limit = CGL_CPU_QUOTA;
	if (millionths == CG_UNLIMITED)
		return 0;
	while (period < PERIOD_MAX && millionths * period / 1000000 < QUOTA_MIN)
		period = period * 10 > PERIOD_MAX ? PERIOD_MAX : period * 10;
	cpus->value = (millionths * period + 500000) / 1000000;
	if (cpus->value < QUOTA_MIN) {
		*why = "--cpus: the least is 0.001";
		return -ERANGE;
	}
	if (limits->count == CG_SETTINGS)
		return -ENOSPC;
	limits->setting[limits->count++] = (struct cg_setting){
		.limit = CGL_CPU_PERIOD, .controller = CG_CPU, .value = period
	};
	return 0;
}

int cg_limits_settle(struct cg_limits *limits, const char **why)
{
	int r;

	*why = NULL;
	r = settle_swap(limits, why);
	if (!r)
		r = settle_cpus(limits, why);
	if (r < 0)
		return r;
	if (!!cg_limit_find(limits, CGL_CPU_IDLE) + !!cg_limit_find(limits, CGL_CPU_WEIGHT) +
			!!cg_limit_find(limits, CGL_CPU_SHARES) >
		1) {
		*why = "--cpu-weight, --cpu-shares and --cpu-idle exclude each other";
		return -EINVAL;
	}
	for (unsigned i = 1; i < limits->count; i++)
		for (unsigned j = i; j && limits->setting[j].limit < limits->setting[j - 1].limit;
			j--) {
			struct cg_setting later = limits->setting[j - 1];

			limits->setting[j - 1] = limits->setting[j];
			limits->setting[j] = later;
		}
	return 0;
}

unsigned cg_limits_need(const struct cg_limits *limits)
{
	unsigned need = 0;

	for (unsigned i = 0; i < limits->count; i++)
		need |= CG_BIT(limits->setting[i].controller);
	return need;
}

void cg_limits_drop(struct cg_limits *limits, unsigned controllers)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < limits->count; i++)
		if (!(CG_BIT(limits->setting[i].controller) & controllers))
			limits->setting[kept++] = limits->setting[i];
	limits->count = kept;
}
