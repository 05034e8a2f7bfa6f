package org.springframework.samples.clinic;

import dev.sanctum4j.spring.RequiresAbility;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.context.annotation.Configuration;

/** An application whose package is called as if it were Spring's own, as the samples are with which many begin. */
@Configuration(proxyBeanMethods = false)
@AutoConfigurationPackage
public class Clinic {

    @RequiresAbility("owners:read")
    public void owners() {}
}
